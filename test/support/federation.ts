import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Agent, Response } from './agent.ts'
import { type LatchkeyOptions, type RunningLatchkey, startLatchkey } from './latchkey.ts'
import { browserApp, linkIn, startRequest, type StartedRequest } from './relying-party.ts'
import { expectMails, formActions, newAgentBehindProxy } from './sign-in.ts'
import { FakeUpstream, microsoftIssuer } from './upstreams.ts'
import { objectId, tenant } from './upstream-sign-in.ts'

export type Service = 'google' | 'microsoft'

/** A Latchkey that people sign in to with a Google and a Microsoft of its own. */
export interface Federation {
  latchkey: RunningLatchkey
  google: FakeUpstream
  microsoft: FakeUpstream
}

export async function startFederation(options: Partial<LatchkeyOptions> & { upstreams?: Record<Service, object> } = {}) {
  const { upstreams, environment, ...others } = options
  const google = await new FakeUpstream({ redirectUri: 'http://localhost/' }).start()
  const microsoft = await new FakeUpstream({ redirectUri: 'http://localhost/', issuer: microsoftIssuer }).start()
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-upstreams-'))
  const configFile = join(directory, 'latchkey.json')
  const described = {
    google: { issuer: google.issuer, ...upstreams?.google },
    microsoft: { issuer: microsoft.issuer, ...upstreams?.microsoft },
  }
  await writeFile(configFile, JSON.stringify({ upstreams: described }))
  const latchkey = await startLatchkey({
    apps: [browserApp],
    on: 'embedded',
    ...others,
    environment: {
      TRUSTED_PROXIES: '1',
      LATCHKEY_CONFIG: configFile,
      GOOGLE_CLIENT_ID: google.clientId,
      GOOGLE_CLIENT_SECRET: google.clientSecret,
      MICROSOFT_CLIENT_ID: microsoft.clientId,
      MICROSOFT_CLIENT_SECRET: microsoft.clientSecret,
      ...environment,
    },
  })
  google.register(`${latchkey.issuer}/callback/google`)
  microsoft.register(`${latchkey.issuer}/callback/microsoft`)
  return {
    latchkey,
    google,
    microsoft,
    async stop() {
      await latchkey.stop()
      await google.stop()
      await microsoft.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** One for a file of tests; both upstreams are well before every test, and nobody has signed in there. */
export function useFederation(options: Parameters<typeof startFederation>[0] = {}): Federation {
  let running: Awaited<ReturnType<typeof startFederation>> | undefined
  beforeAll(async () => {
    running = await startFederation(options)
  })
  beforeEach(async () => {
    for (const upstream of [running?.google, running?.microsoft]) {
      await upstream?.start()
      upstream?.behaveWell()
    }
  })
  afterAll(() => running?.stop())
  const find = () => {
    if (running === undefined) throw new Error('not before the tests')
    return running
  }
  return {
    get latchkey() {
      return find().latchkey
    },
    get google() {
      return find().google
    },
    get microsoft() {
      return find().microsoft
    },
  }
}

let people = 0

/** Somebody of whom Google is sure. */
export function googlePerson(more: Record<string, unknown> = {}) {
  people += 1
  const name = `ada-${people}-${crypto.randomUUID().slice(0, 8)}`
  return { sub: name, email: `${name}@gmail.com`, email_verified: true, name: 'Ada Example', ...more }
}

/** Somebody whose organisation has proved the domain of the address. */
export function microsoftPerson(more: Record<string, unknown> = {}) {
  people += 1
  const name = `ada-${people}-${crypto.randomUUID().slice(0, 8)}`
  return { sub: name, tid: tenant, oid: objectId, email: `${name}@corp.example`, xms_edov: true, ...more }
}

export interface FederatedSignIn {
  agent: Agent
  started: StartedRequest
  home: string
  first: Response
}

/** Up to the first page. */
export async function openFirstPage(
  { latchkey }: Pick<Federation, 'latchkey'>,
  { agent = newAgentBehindProxy(), parameters = {} }: { agent?: Agent; parameters?: Record<string, string> } = {},
): Promise<FederatedSignIn> {
  const started = await startRequest(latchkey.issuer, browserApp, parameters)
  const first = await agent.follow(await agent.get(started.url))
  return { agent, started, home: `${latchkey.issuer}${new URL(first.url).pathname}`, first }
}

/** Presses the upstream's button; answers what leads there, or the page that says why nothing does. */
export async function leaveFor(service: Service, { agent, home }: Pick<FederatedSignIn, 'agent' | 'home'>): Promise<Response> {
  return agent.follow(await agent.post(`${home}/${service}`))
}

/** At the upstream, until it sends the browser back; answers where to. */
export async function comeBack(agent: Agent, left: Response): Promise<string> {
  const answer = await agent.follow(await agent.get(left.location ?? ''))
  if (answer.location === undefined) throw new Error(`the upstream sends nobody back: ${answer.status}`)
  return answer.location
}

/** There and back again; answers the page that the person sees then, or the redirect to the app. */
export async function signInWith(
  federation: Pick<Federation, 'latchkey'>,
  service: Service,
  options: { agent?: Agent; parameters?: Record<string, string> } = {},
): Promise<FederatedSignIn & { next: Response }> {
  const begun = await openFirstPage(federation, options)
  const { agent } = begun
  const back = await comeBack(agent, await leaveFor(service, begun))
  return { ...begun, next: await agent.follow(await agent.get(back)) }
}

/** Answers the question whether the two accounts are to be linked. */
export async function answerLink(
  { agent }: Pick<FederatedSignIn, 'agent'>,
  page: Response,
  answer: 'yes' | 'no',
): Promise<Response> {
  const action = formActions(page).find(each => each.endsWith('/link'))
  if (action === undefined) throw new Error('the page does not ask')
  return agent.follow(await agent.post(action, { answer }))
}

/** Proves an address on the page that asks for it; answers what comes next. */
export async function proveAddress(
  { latchkey }: Pick<Federation, 'latchkey'>,
  { agent, home }: Pick<FederatedSignIn, 'agent' | 'home'>,
  address: string,
): Promise<Response> {
  const nextMail = expectMails(latchkey, address)
  await agent.follow(await agent.post(`${home}/email`, { address }))
  await agent.post(linkIn((await nextMail()).text))
  return agent.follow(await agent.get(home))
}
