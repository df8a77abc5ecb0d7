/** The cookies: what they are allowed to do, who can set them, and when a session gets a new name. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent, type Response } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, linkIn, startRequest } from '../support/relying-party.ts'
import { type BegunSignIn, beginSignIn, newAddress, newAgentBehindProxy, pressOnlyButton, returned } from '../support/sign-in.ts'

let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp], environment: { TRUSTED_PROXIES: '1' } })
})
afterAll(() => latchkey?.stop())

/** Goes through a sign-in step by step, so that every answer can be looked at. */
async function walk(begun: BegunSignIn): Promise<Response[]> {
  const { agent, home, nextMail } = begun
  const link = linkIn((await nextMail()).text)
  const answers = [await agent.get(`${latchkey.issuer}/?language=de`), await agent.get(link), await agent.post(link)]
  let last = await agent.get(home)
  answers.push(last)
  while (last.location?.startsWith(latchkey.issuer)) {
    last = await agent.get(last.location)
    answers.push(last)
  }
  expect(returned(last)?.has('code')).toBe(true)
  return answers
}

const cookie = (agent: Agent, name: string, url = latchkey.issuer) => new RegExp(`${name}=([^;]+)`).exec(agent.cookies(url))?.[1]

it('are out of reach of scripts, other hosts, plain http and other sites’ forms, and no wider than they need', async () => {
  const agent = newAgentBehindProxy()
  const { url } = await startRequest(latchkey.issuer, browserApp)
  const first = await agent.get(url)
  const begun = await beginSignIn(latchkey, { agent })
  const page = await agent.get(begun.home)
  const lines = [first, page, await new Agent().get(begun.home), ...(await walk(begun))].flatMap(
    ({ headers }) => headers['set-cookie'] ?? [],
  )
  const names = new Set(lines.map(line => line.split('=')[0]))
  expect(names).toEqual(
    new Set([
      '__Host-browser',
      '__Host-language',
      '__Host-session',
      '__Secure-interaction',
      '__Secure-interaction.sig',
      '__Secure-resume',
      '__Secure-resume.sig',
    ]),
  )
  for (const line of lines) {
    const [pair = '', ...attributes] = line.toLowerCase().split('; ')
    expect(attributes, line).toEqual(expect.arrayContaining(['httponly', 'secure', 'samesite=lax']))
    expect(
      attributes.some(each => each.startsWith('domain=')),
      line,
    ).toBe(false)
    if (pair.startsWith('__host-')) expect(attributes, line).toContain('path=/')
    else
      expect(
        attributes.find(each => each.startsWith('path=')),
        line,
      ).toMatch(/^path=\/(sign-in|authorize)\/[a-z0-9_-]+$/)
  }
})

describe('fixation', () => {
  it('a session has a new id after the sign-in, and the old one is good for nothing', async () => {
    const agent = newAgentBehindProxy()
    // Opening the sign-out page begins a session without a person.
    await agent.get(`${latchkey.issuer}/logout`)
    const before = cookie(agent, '__Host-session')
    expect(before).toBeDefined()
    await walk(await beginSignIn(latchkey, { agent }))
    const after = cookie(agent, '__Host-session')
    expect(after).toBeDefined()
    expect(after).not.toBe(before)
    const { url } = await startRequest(latchkey.issuer, browserApp)
    expect(returned(await new Agent().get(url, { cookie: `__Host-session=${before}` }))).toBeUndefined()
    expect(returned(await new Agent().get(url, { cookie: `__Host-session=${after}` }))?.has('code')).toBe(true)
  })

  it('a session id that somebody made up is not taken', async () => {
    const agent = newAgentBehindProxy()
    const begun = await beginSignIn(latchkey, { agent })
    const planted = 'planted-by-somebody-who-waits'
    const link = linkIn((await begun.nextMail()).text)
    await agent.post(link)
    const resumed = await agent.get(begun.home)
    const headers = { cookie: `${agent.cookies(resumed.location ?? '')}; __Host-session=${planted}` }
    const left = await agent.get(resumed.location ?? '', headers)
    expect(returned(left)?.has('code')).toBe(true)
    expect(left.headers['set-cookie']?.join()).not.toContain(planted)
    const { url } = await startRequest(latchkey.issuer, browserApp)
    expect(returned(await new Agent().get(url, { cookie: `__Host-session=${planted}` }))).toBeUndefined()
  })

  it('a new sign-in over an old one gets another id again', async () => {
    const agent = newAgentBehindProxy()
    const address = newAddress()
    await walk(await beginSignIn(latchkey, { agent, address }))
    const first = cookie(agent, '__Host-session')
    const again = await beginSignIn(latchkey, { agent, address, parameters: { prompt: 'login' } })
    await walk(again)
    const second = cookie(agent, '__Host-session')
    expect(second).not.toBe(first)
    const { url } = await startRequest(latchkey.issuer, browserApp)
    expect(returned(await new Agent().get(url, { cookie: `__Host-session=${first}` }))).toBeUndefined()
  })

  it('somebody else in the same browser gets a session of their own, and the first one ends', async () => {
    const agent = newAgentBehindProxy()
    await walk(await beginSignIn(latchkey, { agent }))
    const first = cookie(agent, '__Host-session')
    const { home, nextMail } = await beginSignIn(latchkey, { agent, parameters: { prompt: 'login' } })
    await agent.post(linkIn((await nextMail()).text))
    await pressOnlyButton(agent, await agent.follow(await agent.get(home)))
    const { url } = await startRequest(latchkey.issuer, browserApp)
    expect(cookie(agent, '__Host-session')).not.toBe(first)
    expect(returned(await new Agent().get(url, { cookie: `__Host-session=${first}` }))).toBeUndefined()
  })
})

describe('somebody who has read the address of a sign-in page, in a history or the log of a proxy', () => {
  const stranger = (home: string) => {
    const uid = home.split('/').pop() ?? ''
    return { cookie: `__Secure-interaction=${uid}; __Secure-resume=${uid}` }
  }

  it('sees none of its pages, and can begin nothing in it', async () => {
    const { agent, home, nextMail } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    const link = linkIn((await nextMail()).text)
    expect((await newAgentBehindProxy().get(home, stranger(home))).status).toBe(410)
    const thief = newAgentBehindProxy()
    await thief.get(latchkey.issuer)
    expect((await thief.post(`${home}/email`, { address: 'thief@example.com' }, stranger(home))).status).toBe(410)
    expect((await agent.post(link)).status).toBe(303)
    expect(returned(await agent.follow(await agent.get(home)))?.has('code')).toBe(true)
  })

  it('does not get the session, not even between the proof and the way back to the app, and spoils nothing', async () => {
    const { agent, home, nextMail } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    await agent.post(linkIn((await nextMail()).text))
    const resume = (await agent.get(home)).location ?? ''
    const answer = await newAgentBehindProxy().get(resume, stranger(home))
    expect(returned(answer)).toBeUndefined()
    expect(answer.headers['set-cookie']?.join() ?? '').not.toContain('__Host-session')
    expect(returned(await agent.follow(await agent.get(resume)))?.has('code')).toBe(true)
  })
})

describe('tossed by a sibling, who can set cookies for the parent domain but none with the prefix', () => {
  it('one of another name is not read, before or after ours', async () => {
    const agent = newAgentBehindProxy()
    await walk(await beginSignIn(latchkey, { agent }))
    const value = cookie(agent, '__Host-session') ?? ''
    const { url } = await startRequest(latchkey.issuer, browserApp)
    for (const name of [
      'session',
      'Host-session',
      '__host-session',
      '__HOST-SESSION',
      '_session',
      ' __Host-session ',
      '__Secure-session',
    ]) {
      expect(returned(await new Agent().get(url, { cookie: `${name}=${value}` })), name).toBeUndefined()
    }
  })

  it('another browser’s name does not make an attempt ours', async () => {
    const begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    const name = cookie(begun.agent, '__Host-browser') ?? ''
    const link = linkIn((await begun.nextMail()).text)
    for (const tossed of [
      `browser=${name}`,
      `__host-browser=${name}`,
      `__Secure-browser=${name}`,
      `__Host-browser=x; __Host-browser=${name}`,
    ]) {
      await new Agent().post(link, {}, { cookie: tossed })
    }
    expect(JSON.parse((await begun.agent.get(`${begun.home}/state`)).body)).toEqual({})
  })

  it('the attacker’s interaction under the victim’s address is not gone on with', async () => {
    const [victim, attacker] = [
      await beginSignIn(latchkey, { agent: newAgentBehindProxy() }),
      await beginSignIn(latchkey, { agent: newAgentBehindProxy() }),
    ]
    const tossed = attacker.agent
      .cookies(attacker.home)
      .split('; ')
      .filter(pair => pair.startsWith('__Secure-interaction'))
      .join('; ')
    const own = victim.agent.cookies(victim.home)
    const withoutOwn = own.replaceAll(/__Secure-interaction[^;]+;? ?/g, '')
    for (const header of [`${tossed}; ${own}`, `${withoutOwn}; ${tossed}`]) {
      const page = await new Agent().get(victim.home, { cookie: header })
      expect(page.status).toBe(410)
      expect(page.body).not.toContain(attacker.address)
    }
    // Nor does the victim's browser finish what the attacker began.
    const link = linkIn((await attacker.nextMail()).text)
    await victim.agent.post(link, {}, { cookie: `${own}; ${tossed}` })
    expect(JSON.parse((await attacker.agent.get(`${attacker.home}/state`)).body)).toEqual({})
  })

  it('values that no cookie of ours has are harmless', async () => {
    const { home } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    for (const value of ['', '%', '"', 'a'.repeat(4000), '__proto__', '%00', 'ÿ']) {
      const header = ['__Host-browser', '__Host-session', '__Host-language', '__Secure-interaction', '__Secure-resume'].map(
        name => `${name}=${value}`,
      )
      for (const url of [
        home,
        `${latchkey.issuer}/authorize/nothing`,
        `${latchkey.issuer}/logout`,
        (await startRequest(latchkey.issuer, browserApp)).url,
      ]) {
        for (const each of header)
          expect((await newAgentBehindProxy().get(url, { cookie: each })).status, `${each} ${url}`).toBeLessThan(500)
      }
    }
  })
})
