import { type BenchApp, machineApps, profileApps, webApps } from '../apps.ts'
import type { WorkloadName } from '../workloads.ts'
import { type Connection, openConnection } from './browser.ts'
import { type CodeRequest, exchangeCode, newPerson, type Person, signIn } from './person.ts'
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
  turn: number
  /** What came back last, for a closer look after the pass. */
  lastAccessToken: string | undefined
  lastSignIn: { person: Person; request: CodeRequest; code: string } | undefined
}

export interface Recipient {
  person: Person
  mailsLeft: number
}

/** Latchkey sends one recipient three mails in five minutes; the first of them made the account. */
const mailsAfterTheFirst = 2
const personsPerLane = 8
const profilesPerLane = 2

export function openLane(index: number): Lane {
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
    turn: 0,
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
  if (workload === 'code' || workload === 'refresh') await makePersons(server, lane, lane.persons, personsPerLane, 'web')
  if (workload === 'userinfo') await makePersons(server, lane, lane.profiles, profilesPerLane, 'profile')
  if (workload === 'magic-link') {
    const mailsLeft = () => lane.recipients.reduce((sum, recipient) => sum + recipient.mailsLeft, 0)
    while (mailsLeft() < share) await signUp(server, lane)
  }
}

/** Signs somebody new in, who can then be sent further mails. */
export async function signUp(server: Target, lane: Lane): Promise<void> {
  const person = newPerson(lane.connection, lane.webApp)
  lane.lastSignIn = { person, ...(await signIn(server, person)) }
  lane.recipients.push({ person, mailsLeft: mailsAfterTheFirst })
}
