import type { WorkloadName } from '../workloads.ts'
import { type Answer, redirectOf, UnexpectedAnswer } from './browser.ts'
import { type Lane, signUp } from './lane.ts'
import { askForTokens, exchangeCode, nextServerAddress, type Person, readCode, requestCode, signedOut, signIn } from './person.ts'
import type { Target } from './target.ts'
import { readTokens } from './tokens.ts'

type Operation = (target: Target, lane: Lane) => Promise<void>

function nextOf(persons: Person[], lane: Lane): Person {
  lane.turn += 1
  const person = persons[lane.turn % persons.length]
  if (!person) throw new Error('the lane has no persons')
  return person
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
  const recipient = lane.recipients.shift()
  if (!recipient) throw new Error('nobody is left who may be sent a mail')
  recipient.mailsLeft -= 1
  if (recipient.mailsLeft > 0) lane.recipients.push(recipient)
  // In a browser that is new to them they would be sent a second mail.
  const person = signedOut(recipient.person)
  lane.lastSignIn = { person, ...(await signIn(target, person)) }
}

export const operations: Record<WorkloadName, Operation> = {
  discovery: discover,
  'client-credentials': useClientCredentials,
  code: useSession,
  refresh,
  userinfo: askUserinfo,
  'magic-link': signInByMail,
  'first-sign-in': signUp,
}
