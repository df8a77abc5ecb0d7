import { expect } from 'vitest'
import type { Agent, Response } from './agent.ts'
import { prove } from './code-flow.ts'
import type { RunningLatchkey } from './latchkey.ts'
import { newAddress, newAgentBehindProxy, readNotices } from './sign-in.ts'

/** Somebody at the pages of their account. */
export interface Visitor {
  agent: Agent
  address: string
  /** Opens a page, by way of a sign-in by e-mail where one is asked for. */
  open(path: string): Promise<Response>
  /** Sends a form of one of the pages; answers what comes of it at once. */
  send(path: string, form?: Record<string, string>): Promise<Response>
  /** The same, and follows to the page after it. */
  submit(path: string, form?: Record<string, string>): Promise<Response>
}

/** A person who has just signed in to their account, in a browser of their own. */
export async function visitAccount(
  latchkey: RunningLatchkey,
  address = newAddress(),
  agent = newAgentBehindProxy(),
): Promise<Visitor> {
  async function open(path: string): Promise<Response> {
    const page = await agent.follow(await agent.get(`${latchkey.issuer}${path}`))
    return isSignIn(page) ? prove(latchkey, agent, page, address) : page
  }
  const send = (path: string, form: Record<string, string> = {}) => agent.post(`${latchkey.issuer}${path}`, form)
  const page = await open('/account')
  if (new URL(page.url).pathname !== '/account') throw new Error(`not at the account: ${page.status} ${page.url}`)
  return { agent, address, open, send, submit: async (path, form) => agent.follow(await send(path, form)) }
}

export function isSignIn({ url }: Pick<Response, 'url'>): boolean {
  return new URL(url).pathname.startsWith('/sign-in/')
}

/** Whether a form was answered by a sign-in to be made first. */
export function asksToSignIn({ status, location }: Response): boolean {
  return status === 303 && location !== undefined && new URL(location).pathname === '/authorize'
}

/** The links of a page that end like this. */
export function linksIn({ body }: Pick<Response, 'body'>, end: string): string[] {
  return [...body.matchAll(/<a[^>]*\shref="([^"]*)"/g)].map(([, href = '']) => href).filter(href => href.endsWith(end))
}

/** The code of a mail that asks for one. */
export function spacedCodeIn(text: string): string {
  const [code] = /^[A-Z]{4} [A-Z]{4}$/m.exec(text) ?? []
  if (code === undefined) throw new Error('the mail has no code')
  return code
}

/** Waits until an address has been told of something. */
export async function expectNotices(latchkey: RunningLatchkey, address: string, words: string): Promise<void> {
  const told = async () => (await readNotices(latchkey, address)).some(({ subject }) => subject.includes(words))
  await expect.poll(told, { timeout: 15_000 }).toBe(true)
}
