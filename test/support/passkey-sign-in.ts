import type { Agent, Response } from './agent.ts'
import type { RunningLatchkey } from './latchkey.ts'
import { linkIn, startRequest, type StartedRequest } from './relying-party.ts'
import { beginSignIn } from './sign-in.ts'
import type { Behaviour, SoftwareAuthenticator } from './software-authenticator.ts'

/** What the page's script does: asks for the options, has the authenticator answer, and submits the form. */

export async function askOptions<Options>(agent: Agent, url: string, form: Record<string, string> = {}): Promise<Options> {
  const answer = await agent.post(url, form, { accept: 'application/json' })
  if (answer.status !== 200) throw new Error(`the options were refused: ${answer.status} ${answer.body}`)
  return JSON.parse(answer.body)
}

/** Answers a passkey step; the browser is not led on. */
export async function answerPasskey(
  agent: Agent,
  home: string,
  authenticator: SoftwareAuthenticator,
  changes: Parameters<SoftwareAuthenticator['get']>[1] = {},
): Promise<Response> {
  const options = await askOptions<Parameters<SoftwareAuthenticator['get']>[0]>(agent, `${home}/options`, { method: 'passkey' })
  const response = JSON.stringify(authenticator.get(options, changes))
  return agent.post(`${home}/verify`, { method: 'passkey', response })
}

/** Makes a passkey in the course of a sign-in. */
export async function enrolPasskey(
  agent: Agent,
  home: string,
  authenticator: SoftwareAuthenticator,
  changes: Partial<Behaviour> = {},
): Promise<Response> {
  const url = `${home}/enrol/passkey`
  const options = await askOptions<Parameters<SoftwareAuthenticator['create']>[0]>(agent, `${url}/options`)
  return agent.post(url, { response: JSON.stringify(authenticator.create(options, changes)) })
}

/** A person with a passkey, made while an app asked for one; what they come back to the app with. */
export async function signUpWithPasskey(
  latchkey: RunningLatchkey,
  agent: Agent,
  authenticator: SoftwareAuthenticator,
  address: string,
): Promise<{ arrived: Response; started: StartedRequest; codes: string[] }> {
  const begun = await beginSignIn(latchkey, { agent, address, parameters: { acr_values: 'phr' } })
  await agent.post(linkIn((await begun.nextMail()).text))
  const kept = await agent.follow(await enrolPasskey(agent, begun.home, authenticator))
  const codes = [...kept.body.matchAll(/<code[^>]*>([^<]+)<\/code>/g)].map(match => match[1] ?? '')
  const arrived = await agent.follow(await agent.get(begun.home))
  return { arrived, started: begun.started, codes }
}

/** The first page of a sign-in, for which nothing is typed. */
export async function openFirstPage(
  latchkey: RunningLatchkey,
  agent: Agent,
  app: { client_id: string; redirect_uris: string[] },
  parameters: Record<string, string> = {},
): Promise<{ home: string; page: Response; started: StartedRequest }> {
  const started = await startRequest(latchkey.issuer, app, parameters)
  const page = await agent.follow(await agent.get(started.url))
  return { home: `${latchkey.issuer}${new URL(page.url).pathname}`, page, started }
}
