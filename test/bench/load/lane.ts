import { type BenchApp, machineApps, profileApps, webApps } from '../apps.ts'
import type { WorkloadName } from '../workloads.ts'
import { type Connection, openConnection } from './browser.ts'
import {
  type AskedPasskey,
  openPasskeyPage,
  type PasskeyHolder,
  reachTotp,
  signUpWithPasskey,
  signUpWithTotp,
  type TotpHolder,
} from './factors.ts'
import { signInWithGoogle } from './federated.ts'
import { exchangeCode, newPerson, type Person, signedOut } from './person.ts'
import { type Arrived, begin, type Begun, type OpenedLink, openLink, signIn } from './sign-in.ts'
import type { MailInbox } from './mail-inbox.ts'
import { nextVolumePerson, openVolumePeople, type VolumePeople } from './volume-people.ts'
import type { Target } from './target.ts'

/** One of the concurrent clients: its connection, its apps, and the persons it speaks for, in turns. */
export interface Lane {
  connection: Connection
  webApp: BenchApp
  profileApp: BenchApp
  machineApp: BenchApp
  persons: Person[]
  profiles: Person[]
  /** Persons who may still be sent a mail: one address is sent three in five minutes at most. */
  recipients: Recipient[]
  /** Sign-ins whose link waits to be confirmed. */
  openedLinks: OpenedLink[]
  passkeyHolders: PasskeyHolder[]
  /** Sign-ins whose first page waits for a passkey. */
  askedPasskeys: AskedPasskey[]
  /** People whose authenticator app has one more code that is good without waiting. */
  totpHolders: TotpHolder[]
  /** Sign-ins that wait for a code. */
  totpSteps: Array<{ holder: TotpHolder; begun: Begun }>
  /** People whom Google knows, and who have signed in with it. */
  googlePeople: Person[]
  turn: number
  /** Of a generated volume: those who are this lane's. */
  volume: VolumePeople | undefined
  /** What came back last, for a closer look after the pass. */
  lastAccessToken: string | undefined
  lastSignIn: Arrived | undefined
}

export interface Recipient {
  person: Person
  mailsLeft: number
}

/** Latchkey sends one recipient three mails in five minutes; the first of them made the account. */
const mailsAfterTheFirst = 2
const personsPerLane = 8
const profilesPerLane = 2
/** So many that nobody's sign-ins come thick and fast. */
const passkeyHoldersPerLane = 8
const googlePeoplePerLane = 8

export function openLane(index: number, people?: number): Lane {
  const [webApp, profileApp, machineApp] = [webApps[index], profileApps[index], machineApps[index]]
  if (!webApp || !profileApp || !machineApp) throw new Error('there are fewer apps than clients')
  return {
    connection: openConnection(),
    webApp,
    profileApp,
    machineApp,
    persons: [],
    profiles: [],
    recipients: [],
    openedLinks: [],
    passkeyHolders: [],
    askedPasskeys: [],
    totpHolders: [],
    totpSteps: [],
    googlePeople: [],
    turn: 0,
    volume: people === undefined ? undefined : openVolumePeople(index, people),
    lastAccessToken: undefined,
    lastSignIn: undefined,
  }
}

async function makePersons(server: Target, lane: Lane, persons: Person[], count: number, kind: 'web' | 'profile'): Promise<void> {
  while (persons.length < count) {
    const person = newPerson(lane.connection, kind === 'web' ? lane.webApp : lane.profileApp)
    const { request, code } = await signIn(server, person)
    person.tokens = await exchangeCode(server, person, request, code, kind === 'profile' && server.opaqueProfileTokens)
    persons.push(person)
  }
}

/** Makes what the workload needs for `share` operations, so that the run holds nothing else. */
export async function prepareLane(server: Target, lane: Lane, workload: WorkloadName, share: number): Promise<void> {
  const { volume } = lane
  if (volume && workload === 'refresh') {
    lane.persons = Array.from({ length: share }, () => nextVolumePerson(server, lane, volume))
    return
  }
  if (workload === 'code' || workload === 'refresh') await makePersons(server, lane, lane.persons, personsPerLane, 'web')
  if (workload === 'userinfo') await makePersons(server, lane, lane.profiles, profilesPerLane, 'profile')
  if (workload === 'magic-link') await makeRecipients(server, lane, share)
  if (workload === 'link-to-code') {
    await makeRecipients(server, lane, share - lane.openedLinks.length)
    while (lane.openedLinks.length < share) {
      lane.openedLinks.push(await openLink(server, await begin(server, nextRecipient(lane)), inboxOf(server)))
    }
  }
  if (workload === 'passkey' || workload === 'passkey-answer') {
    const wanted = Math.min(share, passkeyHoldersPerLane)
    while (lane.passkeyHolders.length < wanted)
      lane.passkeyHolders.push(await signUpWithPasskey(server, newPerson(lane.connection, lane.webApp)))
  }
  if (workload === 'passkey-answer') {
    while (lane.askedPasskeys.length < share) lane.askedPasskeys.push(await openPasskeyPage(server, nextPasskeyHolder(lane)))
  }
  if (workload === 'federated') {
    while (lane.googlePeople.length < Math.min(share, googlePeoplePerLane)) {
      const person = newPerson(lane.connection, lane.webApp)
      lane.lastSignIn = await signInWithGoogle(server, person)
      lane.googlePeople.push(person)
    }
  }
  if (workload === 'totp') await makeTotpHolders(server, lane, share)
  if (workload === 'totp-verification') {
    await makeTotpHolders(server, lane, share - lane.totpSteps.length)
    while (lane.totpSteps.length < share) {
      const holder = nextTotpHolder(lane)
      lane.totpSteps.push({ holder, begun: await reachTotp(server, holder) })
    }
  }
}

function inboxOf({ inbox }: Target): MailInbox {
  if (inbox === undefined) throw new Error('the server sends no mail')
  return inbox
}

async function makeRecipients(server: Target, lane: Lane, mails: number): Promise<void> {
  const mailsLeft = () => lane.recipients.reduce((sum, recipient) => sum + recipient.mailsLeft, 0)
  while (mailsLeft() < mails) {
    if (lane.volume) lane.recipients.push({ person: nextVolumePerson(server, lane, lane.volume), mailsLeft: 1 })
    else await signUp(server, lane)
  }
}

async function makeTotpHolders(server: Target, lane: Lane, count: number): Promise<void> {
  while (lane.totpHolders.length < count)
    lane.totpHolders.push(await signUpWithTotp(server, newPerson(lane.connection, lane.webApp)))
}

/** Somebody who may be sent a mail, in the browser that they used before: in a new one they would be sent a second mail. */
export function nextRecipient(lane: Lane): Person {
  const recipient = lane.recipients.shift()
  if (!recipient) throw new Error('nobody is left who may be sent a mail')
  recipient.mailsLeft -= 1
  if (recipient.mailsLeft > 0) lane.recipients.push(recipient)
  return signedOut(recipient.person)
}

/** Somebody with a passkey, in the browser that they used before; they take turns. */
export function nextPasskeyHolder(lane: Lane): PasskeyHolder {
  const holder = lane.passkeyHolders.shift()
  if (!holder) throw new Error('nobody has a passkey')
  const next = { ...holder, person: signedOut(holder.person) }
  lane.passkeyHolders.push(next)
  return next
}

export function nextTotpHolder(lane: Lane): TotpHolder {
  const holder = lane.totpHolders.shift()
  if (!holder) throw new Error('nobody is left who has a code that is good')
  return { ...holder, person: signedOut(holder.person) }
}

/** Signs somebody new in, who can then be sent further mails. */
export async function signUp(server: Target, lane: Lane): Promise<void> {
  const person = newPerson(lane.connection, lane.webApp)
  lane.lastSignIn = await signIn(server, person)
  lane.recipients.push({ person, mailsLeft: mailsAfterTheFirst })
}
