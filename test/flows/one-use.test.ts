/** A link is used once, whoever else has it at the same moment. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Agent } from '../support/agent.ts'
import { countEvents, readRows } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, codeIn, linkIn } from '../support/relying-party.ts'
import { beginSignIn, newAgentBehindProxy, returned } from '../support/sign-in.ts'

let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp], environment: { TRUSTED_PROXIES: '1' } })
})
afterAll(() => latchkey?.stop())

const countUsers = async () => (await readRows(latchkey, 'users')).length

/** The same browser at a hundred places at once: the limits of an address are not what is looked at here. */
const everywhere = (agent: Agent, url: string) => {
  const cookie = agent.cookies(url)
  return Array.from({ length: 100 }, () => ({ agent: newAgentBehindProxy(), headers: { cookie } }))
}

describe('a hundred redemptions at once', () => {
  it('of one link prove the address once, make one user, and give one session', async () => {
    const users = await countUsers()
    const begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    const link = linkIn((await begun.nextMail()).text)
    const answers = await Promise.all(everywhere(begun.agent, link).map(({ agent, headers }) => agent.post(link, {}, headers)))
    for (const { status } of answers) expect(status).toBe(303)
    expect(await countEvents(latchkey, 'sign-in.proved')).toBe(1)
    expect(await countUsers()).toBe(users + 1)
  })

  it('of link and code together prove it once', async () => {
    const before = await countEvents(latchkey, 'sign-in.proved')
    const begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    const { text } = await begun.nextMail()
    const link = linkIn(text)
    const cookie = begun.agent.cookies(begun.home)
    const answers = await Promise.all(
      everywhere(begun.agent, link)
        .slice(0, 20)
        .flatMap(({ agent }) => [
          agent.post(link, {}, { cookie }),
          agent.post(`${begun.home}/verify`, { code: codeIn(text) }, { cookie }),
        ]),
    )
    for (const { status } of answers) expect(status).toBe(303)
    expect(await countEvents(latchkey, 'sign-in.proved')).toBe(before + 1)
    expect(returned(await begun.agent.follow(await begun.agent.get(begun.home)))?.has('code')).toBe(true)
  })

  it('of a satisfied sign-in resume it once', async () => {
    const before = await countEvents(latchkey, 'session.created')
    const begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    await begun.agent.post(linkIn((await begun.nextMail()).text))
    const cookie = begun.agent.cookies(begun.home)
    const answers = await Promise.all(Array.from({ length: 20 }, () => newAgentBehindProxy().get(begun.home, { cookie })))
    expect(answers.every(({ status }) => status === 303 || status === 200)).toBe(true)
    expect(returned(await begun.agent.follow(await begun.agent.get(begun.home)))?.has('code')).toBe(true)
    expect(await countEvents(latchkey, 'session.created')).toBe(before + 1)
  })
})
