/** Who has shown the mailbox and not the second factor has nothing: no route of ours or of the protocol does more for them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import type { Agent, Response } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, linkIn, startRequest } from '../support/relying-party.ts'
import { protocolGets, protocolPosts, urlOf } from '../support/route-requests.ts'
import { codeOf, type SecondFactorHolder, signInByMail, signUpWithTotp, typeTotp } from '../support/second-steps.ts'
import { beginSignIn, headingOf, newAddress, newAgentBehindProxy, returned } from '../support/sign-in.ts'

const { say } = speak('en')
const arrived = (page: Response) => returned(page)?.has('code') === true
const system = { kind: 'system', reason: 'sign-in' } as const

let latchkey: RunningLatchkey
let holder: SecondFactorHolder
beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp], environment: { TRUSTED_PROXIES: '1' } })
  holder = await signUpWithTotp(latchkey)
})
afterAll(() => latchkey?.stop())

/** What would show that somebody is in: sessions of theirs, and ends of sign-ins. */
async function countSignIns(): Promise<number[]> {
  return latchkey.adapters.data.read(system, async repositories => {
    const user = await repositories.users.findByAddress(holder.address)
    const completed = await repositories.auditEvents.listForUser(user?.id ?? '', ['sign-in.completed', 'session.created'], 100)
    return [(await repositories.sessions.listForUser(user?.id ?? '')).length, completed.length]
  })
}

describe('with the cookies of a sign-in that waits for the second factor', () => {
  it('every route answers as for anybody, and nobody is signed in', async () => {
    const before = await countSignIns()
    const begun = await signInByMail(latchkey, { address: holder.address })
    expect(headingOf(begun.next)).toBe(say('totp-step.heading'))
    const uid = new URL(begun.home).pathname.split('/').at(-1) ?? ''
    const stranger = newAgentBehindProxy()

    const asked = latchkey.routes.map(({ method, path }) => ({ method, path }))
    const protocol = [
      ...protocolGets.map(path => ({ method: 'GET' as const, path })),
      ...protocolPosts.map(path => ({ method: 'POST' as const, path })),
    ]
    // What gives the attempt up comes last, so that all others meet it waiting.
    const givesUp = /\/(?:change|cancel|restart|again|email|logout.*)$/
    const all = [...asked, ...protocol].toSorted(
      (one, other) => Number(givesUp.test(one.path)) - Number(givesUp.test(other.path)),
    )
    expect(all.length).toBeGreaterThan(40)
    const ask = (agent: Agent, method: string, url: string) =>
      method === 'POST' ? agent.post(url, { method: 'totp', code: '', later: '1' }) : agent.get(url)
    const answers: string[] = []
    for (const { method, path } of all) {
      const url = urlOf(latchkey, path, { uid })
      const answer = await ask(begun.agent, method, url)
      expect(arrived(await begun.agent.follow(answer)), `${method} ${path}`).toBe(false)
      // Outside the sign-in itself, the browser is nobody.
      if (path.startsWith('/sign-in/')) continue
      const forStranger = await ask(stranger, method, url)
      if (answer.status !== forStranger.status) answers.push(`${method} ${path}: ${answer.status}, not ${forStranger.status}`)
    }
    expect(answers).toEqual([])
    expect(await countSignIns()).toEqual(before)
  })

  it('the account and its pages send the browser to sign in', async () => {
    const begun = await signInByMail(latchkey, { address: holder.address })
    const pages = latchkey.routes.filter(({ method, path }) => method === 'GET' && /^\/account(?:\/|$)/.test(path))
    for (const { path } of pages) {
      const answer = await begun.agent.get(urlOf(latchkey, path))
      expect([303, 302, 401, 404], path).toContain(answer.status)
    }
    const { url } = await startRequest(latchkey.issuer, browserApp, { prompt: 'none' })
    expect(returned(await begun.agent.follow(await begun.agent.get(url)))?.get('error')).toBe('login_required')
    // And the waiting sign-in is as good as before.
    expect(arrived(await typeTotp(begun, codeOf(latchkey, holder.key)))).toBe(true)
  })
})

it.each([
  ['another method', { method: 'email', code: '' }],
  ['a method that does not exist', { method: 'nothing', code: '000000' }],
  ['no method', { code: '000000' }],
  ['nothing at all', {}],
])('a form with %s goes past nothing', async (_what, form) => {
  const other = await signUpWithTotp(latchkey, newAddress())
  const begun = await signInByMail(latchkey, { address: other.address })
  expect(arrived(await begun.agent.follow(await begun.agent.post(`${begun.home}/verify`, form)))).toBe(false)
  expect(headingOf(await begun.agent.get(begun.home))).toBe(say('totp-step.heading'))
})

it('the link in a second mail, or the same once more, is no second factor', async () => {
  const other = await signUpWithTotp(latchkey, newAddress())
  const begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy(), address: other.address })
  let { text } = await begun.nextMail()
  while (!text.includes('/link/')) ({ text } = await begun.nextMail())
  for (let count = 0; count < 3; count += 1) {
    await begun.agent.post(linkIn(text))
    const page = await begun.agent.follow(await begun.agent.get(begun.home))
    expect(arrived(page)).toBe(false)
    expect(headingOf(page)).toBe(say('totp-step.heading'))
  }
})
