import type { WorkloadName } from '../workloads.ts'
import { type Answer, redirectOf, UnexpectedAnswer } from './browser.ts'
import { answerPasskey, openPasskeyPage, reachTotp, typeTotp } from './factors.ts'
import { signInWithGoogle } from './federated.ts'
import { type Lane, nextPasskeyHolder, nextRecipient, nextTotpHolder, signUp } from './lane.ts'
import { askForTokens, exchangeCode, nextServerAddress, readCode, requestCode, signedOut } from './person.ts'
import { arrive, confirmLink, signIn } from './sign-in.ts'
import type { Target } from './target.ts'
import { readTokens } from './tokens.ts'

type Operation = (target: Target, lane: Lane) => Promise<void>

function nextOf<Entry>(entries: Entry[], lane: Lane): Entry {
  lane.turn += 1
  const entry = entries[lane.turn % entries.length]
  if (entry === undefined) throw new Error('the lane has nobody for this')
  return entry
}

async function getJson(lane: Lane, url: string, from: string): Promise<Record<string, unknown>> {
  const answer = await lane.connection.send(url, from)
  if (answer.status !== 200) throw new UnexpectedAnswer(new URL(url).pathname, answer)
  return JSON.parse(answer.body) as Record<string, unknown>
}

const discover: Operation = async (target, lane) => {
  const from = nextServerAddress()
  const document = await getJson(lane, target.discoveryUrl, from)
  if (document['issuer'] !== target.issuer) throw new Error('discovery names another issuer')
  const { keys } = await getJson(lane, target.jwksUri, from)
  if (!Array.isArray(keys) || keys.length === 0) throw new Error('the JWKS is empty')
}

const useClientCredentials: Operation = async (target, lane) => {
  const answer = await askForTokens(target, lane.connection, lane.machineApp, { grant_type: 'client_credentials' })
  lane.lastAccessToken = readTokens(answer, 'client credentials').access_token
}

const useSession: Operation = async (target, lane) => {
  const person = nextOf(lane.persons, lane)
  const request = requestCode(target.authorizationEndpoint, person.app)
  const location = redirectOf(await person.browser.get(request.url), target.issuer, 'authorize with a session')
  person.tokens = await exchangeCode(target, person, request, readCode(target, request, location))
  lane.lastAccessToken = person.tokens.access_token
}

const refresh: Operation = async (target, lane) => {
  const person = nextOf(lane.persons, lane)
  const before = person.tokens?.refresh_token
  if (!before) throw new Error('the person has no refresh token')
  const form = { grant_type: 'refresh_token', refresh_token: before }
  const tokens = readTokens(await askForTokens(target, lane.connection, person.app, form), 'refresh')
  if (!tokens.refresh_token || tokens.refresh_token === before) throw new Error('the refresh token was not rotated')
  if (!tokens.id_token) throw new Error('the refresh gave no ID token')
  person.tokens = tokens
  lane.lastAccessToken = tokens.access_token
}

const askUserinfo: Operation = async (target, lane) => {
  const person = nextOf(lane.profiles, lane)
  const headers = { authorization: `Bearer ${person.tokens?.access_token}` }
  const answer: Answer = await lane.connection.send(target.userinfoEndpoint, person.from, { headers })
  if (answer.status !== 200) throw new UnexpectedAnswer('userinfo', answer)
  const { sub, email } = JSON.parse(answer.body) as Record<string, unknown>
  if (!sub || !email) throw new Error('userinfo names no one')
}

const signInByMail: Operation = async (target, lane) => {
  lane.lastSignIn = await signIn(target, nextRecipient(lane))
}

const confirmOpenedLink: Operation = async (target, lane) => {
  const opened = lane.openedLinks.shift()
  if (!opened) throw new Error('no link waits to be confirmed')
  lane.lastSignIn = await confirmLink(target, opened)
}

const signInByPasskey: Operation = async (target, lane) => {
  lane.lastSignIn = await answerPasskey(target, await openPasskeyPage(target, nextPasskeyHolder(lane)))
}

const answerOpenedPage: Operation = async (target, lane) => {
  const asked = lane.askedPasskeys.shift()
  if (!asked) throw new Error('no first page waits for a passkey')
  lane.lastSignIn = await answerPasskey(target, asked)
}

const signInByMailAndTotp: Operation = async (target, lane) => {
  const holder = nextTotpHolder(lane)
  const begun = await reachTotp(target, holder)
  lane.lastSignIn = await arrive(target, { ...begun, home: await typeTotp(target, holder, begun) })
}

const verifyTotp: Operation = async (target, lane) => {
  const step = lane.totpSteps.shift()
  if (!step) throw new Error('no sign-in waits for a code')
  await typeTotp(target, step.holder, step.begun)
}

const signInByWayOfGoogle: Operation = async (target, lane) => {
  lane.lastSignIn = await signInWithGoogle(target, signedOut(nextOf(lane.googlePeople, lane)))
}

export const operations: Record<WorkloadName, Operation> = {
  discovery: discover,
  'client-credentials': useClientCredentials,
  code: useSession,
  refresh,
  userinfo: askUserinfo,
  'magic-link': signInByMail,
  'first-sign-in': signUp,
  'link-to-code': confirmOpenedLink,
  passkey: signInByPasskey,
  'passkey-answer': answerOpenedPage,
  totp: signInByMailAndTotp,
  'totp-verification': verifyTotp,
  federated: signInByWayOfGoogle,
}
