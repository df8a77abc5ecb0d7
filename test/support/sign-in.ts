import type { MailMessage } from '../../provider/ports/mailer.ts'
import { Agent, type Response } from './agent.ts'
import type { RunningLatchkey } from './latchkey.ts'
import { isNotice } from './mail.ts'
import { browserApp, linkIn, startRequest, type StartedRequest } from './relying-party.ts'

/** A sign-in in one browser, up to the page that says where the mail went. */
export interface BegunSignIn {
  agent: Agent
  address: string
  started: StartedRequest
  /** Its first page, which all the others lie below. */
  home: string
  waiting: Response
  /** The next mail that this person gets: each is answered once, the newest first. */
  nextMail(): Promise<MailMessage>
}

let people = 0

/** An address that nobody in this run has used. */
export function newAddress(): string {
  people += 1
  return `person-${people}-${crypto.randomUUID().slice(0, 8)}@example.com`
}

/** A browser at an address of its own, for an installation behind one proxy: it shares no limit with another. */
export function newAgentBehindProxy(): Agent {
  people += 1
  return new Agent(undefined, { 'x-forwarded-for': `10.${(people >> 16) & 255}.${(people >> 8) & 255}.${people & 255}` })
}

export async function beginSignIn(
  latchkey: RunningLatchkey,
  options: {
    agent?: Agent
    address?: string
    app?: { client_id: string; redirect_uris: string[] }
    /** More parameters of the authorization request. */
    parameters?: Record<string, string>
  } = {},
): Promise<BegunSignIn> {
  const { agent = new Agent(), address = newAddress(), app = browserApp, parameters = {} } = options
  const started = await startRequest(latchkey.issuer, app, parameters)
  const first = await agent.follow(await agent.get(started.url))
  const home = `${latchkey.issuer}${new URL(first.url).pathname}`
  const nextMail = expectMails(latchkey, address)
  const waiting = await agent.follow(await agent.post(`${home}/email`, { address }))
  return { agent, address, started, home, waiting, nextMail }
}

/** Tells the mails that come from now on from those that are there. */
export function expectMails(latchkey: RunningLatchkey, address: string): () => Promise<MailMessage> {
  const seen = listMails(latchkey, address).then(mails => new Set(mails.map(({ id }) => id)))
  return async () => {
    const known = await seen
    const deadline = Date.now() + 15_000
    while (Date.now() < deadline) {
      const next = (await listMails(latchkey, address)).find(({ id }) => !known.has(id))
      const found = next === undefined ? undefined : await latchkey.adapters.mailbox?.find(next.id)
      if (next !== undefined && found !== undefined) {
        known.add(next.id)
        return found.message
      }
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    throw new Error('no mail arrived')
  }
}

/** Those by which an address can sign in, newest first. */
export async function listMails(latchkey: RunningLatchkey, address: string) {
  return ((await latchkey.adapters.mailbox?.list()) ?? []).filter(mail => mail.to === address && !isNotice(mail))
}

/** Those that tell of what happened to the account of an address, oldest first. */
export async function readNotices(latchkey: RunningLatchkey, address: string): Promise<MailMessage[]> {
  const { mailbox } = latchkey.adapters
  const listed = ((await mailbox?.list()) ?? []).filter(mail => mail.to === address && isNotice(mail))
  const found = await Promise.all(listed.map(async ({ id }) => mailbox?.find(id)))
  return found.flatMap(mail => mail?.message ?? []).toReversed()
}

/** What a tab that waits is told: where to go, or nothing yet. */
export async function askState({ agent, home }: Pick<BegunSignIn, 'agent' | 'home'>): Promise<string | undefined> {
  const answer = await agent.get(`${home}/state`, { accept: 'application/json' })
  return JSON.parse(answer.body).next
}

/** Every URL on the way to a page, and the page. */
export async function followAll(agent: Agent, response: Response): Promise<{ urls: string[]; page: Response }> {
  const urls = [response.url]
  let page = response
  while (page.location !== undefined) {
    urls.push(page.location)
    page = await agent.get(page.location)
  }
  return { urls, page }
}

/** The parameters with which the browser is sent back to the app; undefined where it stays. */
export function returned(response: Response): URLSearchParams | undefined {
  const { location, url } = response
  return location === undefined || new URL(location).origin === new URL(url).origin ? undefined : new URL(location).searchParams
}

/** A page's heading, as the person reads it. */
export function headingOf({ body }: Response): string {
  return (/<h1[^>]*>(.*?)<\/h1>/s.exec(body)?.[1] ?? '').replaceAll(/<[^>]*>/g, '').trim()
}

/** Where the forms of a page post to. */
export function formActions({ body, url }: Response): string[] {
  return [...body.matchAll(/<form[^>]*\saction="([^"]*)"/g)].map(match => new URL(match[1] ?? '', url).href)
}

/** Presses the only button of a page that has one form, with its hidden fields. */
export async function pressOnlyButton(agent: Agent, page: Response): Promise<Response> {
  const [action, ...more] = formActions(page)
  if (action === undefined || more.length > 0) throw new Error('the page has not one form')
  const hidden = [...page.body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
  return agent.follow(await agent.post(action, Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]))))
}

/** Signs a person in once, in a browser of their own, so that they are known from then on. */
export async function signUp(latchkey: RunningLatchkey, address: string, agent: Agent = newAgentBehindProxy()): Promise<void> {
  const begun = await beginSignIn(latchkey, { agent, address })
  await agent.post(linkIn((await begun.nextMail()).text))
  const left = await agent.follow(await agent.get(begun.home))
  if (returned(left)?.has('code') !== true) throw new Error('the person could not be signed in')
}

/** Presses the button with which a sign-in that is over is started again; answers the first page of the new one. */
export async function pressRestart(agent: Agent, page: Response): Promise<Response> {
  const action = formActions(page).find(each => each.endsWith('/restart'))
  if (action === undefined) throw new Error('the page has no way to start again')
  return agent.follow(await agent.post(action))
}
