/** Nobody learns who has an account before they have proved the address; and what those learn who have. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withoutRequest } from '../../provider/audit/record.ts'
import { createSignUp } from '../../provider/sign-in/sign-up.ts'
import { speak } from '../../views/messages.ts'
import type { Response } from '../support/agent.ts'
import { exchangeCode, refresh } from '../support/code-exchange.ts'
import { changeRows, countEvents, readRows } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, codeIn, linkIn } from '../support/relying-party.ts'
import {
  type BegunSignIn,
  beginSignIn,
  formActions,
  headingOf,
  newAddress,
  newAgentBehindProxy,
  returned,
  signUp,
} from '../support/sign-in.ts'

const { say } = speak('en')
const mode = { kind: 'system', reason: 'sign-in' } as const

/** All that a browser is told up to the proof, without what is random in it. */
async function listen(latchkey: RunningLatchkey, address: string) {
  const begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy(), address })
  const { agent, home } = begun
  const pages = [
    begun.waiting,
    await agent.get(home),
    await agent.get(`${home}/state`),
    await agent.post(`${home}/verify`, { code: 'BBBBBBBB' }),
    await agent.post(`${home}/again`),
    await agent.get(`${home}?again`),
    await agent.post(`${home}/change`),
    await agent.get(home),
    await agent.post(`${home}/email`, { address }),
    await agent.get(home),
  ]
  return pages.map(page => withoutChance(page, begun))
}

function withoutChance({ status, headers, body }: Response, { home, address }: BegunSignIn) {
  const { date: _date, 'x-request-id': _id, ...others } = headers
  const uid = new URL(home).pathname.split('/').pop() ?? ''
  const same = (text: string) =>
    text
      .replaceAll(uid, '(uid)')
      .replaceAll(address, '(address)')
      // What a passkey is asked to sign is random each time.
      .replaceAll(/challenge&quot;:&quot;[\w-]{43}&quot;/g, 'challenge&quot;:&quot;(challenge)&quot;')
  return { status, body: same(body), headers: JSON.parse(same(JSON.stringify(others))) }
}

/** Two addresses that look alike when they are masked. */
function twins(): [string, string] {
  const base = newAddress().replace('person', 'twin')
  return [base, base.replace('twin', 'tain')]
}

describe.each(['allowed', 'closed'] as const)('with sign-up %s', signUpSetting => {
  let latchkey: RunningLatchkey
  let known: string
  let unknown: string

  beforeAll(async () => {
    latchkey = await startLatchkey({
      apps: [browserApp],
      on: 'postgres',
      environment: { TRUSTED_PROXIES: '1', SIGN_UP: signUpSetting },
    })
    ;[known, unknown] = twins()
    if (signUpSetting === 'allowed') {
      await signUp(latchkey, known)
    } else {
      const circumstances = withoutRequest(mode, () => new Date())
      const { signUp: makeUser } = createSignUp({ signUpAllowed: false, hasPersonalWorkspace: true })
      await latchkey.adapters.data.scoped(mode, repositories =>
        makeUser(repositories, { address: known, locale: 'en' }, circumstances),
      )
    }
  })
  afterAll(() => latchkey?.stop())

  it('up to the proof, every byte is the same for an address that is known and one that is not', async () => {
    expect(await listen(latchkey, unknown)).toEqual(await listen(latchkey, known))
  })

  it('both get the same mail', async () => {
    latchkey.clock.advance(3600)
    const mails = []
    for (const address of [known, unknown]) {
      const begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy(), address })
      const { subject, text, html, language } = await begun.nextMail()
      const code = codeIn(text)
      const same = (part: string) =>
        part
          .replaceAll(linkIn(text), '(link)')
          .replaceAll(`${code.slice(0, 4)} ${code.slice(4)}`, '(code)')
          .replaceAll(/\d{1,2}:\d{2}(:\d{2})?/g, '(time)')
      mails.push({
        subject: same(subject),
        text: same(text),
        html: same(html).replaceAll(code.slice(0, 4), '').replaceAll(code.slice(4), ''),
        language,
      })
    }
    expect(mails[1]).toEqual(mails[0])
  })

  it('whoever has the account signs in', async () => {
    latchkey.clock.advance(3600)
    await expect(signUp(latchkey, known)).resolves.toBeUndefined()
  })
})

describe('with sign-up closed, somebody who has no account', () => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], environment: { TRUSTED_PROXIES: '1', SIGN_UP: 'closed' } })
  })
  afterAll(() => latchkey?.stop())

  it.each(['link', 'code'] as const)('is told so after the proof by the %s, and can try another address or go back', async by => {
    const begun = await beginSignIn(latchkey)
    const { agent, home } = begun
    const { text } = await begun.nextMail()
    const answer = by === 'link' ? await agent.post(linkIn(text)) : await agent.post(`${home}/verify`, { code: codeIn(text) })
    const page = await agent.follow(answer)
    expect(page.status).toBe(403)
    expect(headingOf(page)).toBe(say('no-account.heading'))
    expect(formActions(page)).toContain(`${home}/cancel`)
    expect(await countEvents(latchkey, 'user.created')).toBe(0)
    expect(await readRows(latchkey, 'users')).toHaveLength(0)

    const again = await agent.follow(await agent.post(`${home}/restart`))
    expect(formActions(again)).toContain(`${latchkey.issuer}${new URL(again.url).pathname}/email`)
    const left = returned(await agent.follow(await agent.post(`${home}/cancel`)))
    expect(left?.get('error')).toBe('access_denied')
  })

  it('is not told by asking for the page: before the proof it says nothing', async () => {
    const { agent, home } = await beginSignIn(latchkey)
    const page = await agent.follow(await agent.get(`${home}/no-account`))
    expect(headingOf(page)).not.toBe(say('no-account.heading'))
  })

  it('gets the tab where it began told, too', async () => {
    const { agent, home, nextMail } = await beginSignIn(latchkey)
    await agent.post(linkIn((await nextMail()).text))
    const state = JSON.parse((await agent.get(`${home}/state`)).body)
    expect(headingOf(await agent.follow(await agent.get(`${latchkey.issuer}${state.next}`)))).toBe(say('no-account.heading'))
  })
})

describe('somebody whose account is suspended', () => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], environment: { TRUSTED_PROXIES: '1' } })
  })
  afterAll(() => latchkey?.stop())

  it.each(['link', 'code'] as const)(
    'is refused after the proof by the %s, gets no session, and it is in the audit log',
    async by => {
      const address = newAddress()
      await signUp(latchkey, address)
      expect(await changeRows(latchkey, 'users', `update latchkey.users set status = 'suspended'`)).toBeGreaterThan(0)
      const refusals = await countEvents(latchkey, 'sign-in.refused')

      const { agent, home, nextMail } = await beginSignIn(latchkey, { address })
      const { text } = await nextMail()
      const answer = by === 'link' ? await agent.post(linkIn(text)) : await agent.post(`${home}/verify`, { code: codeIn(text) })
      const page = await agent.follow(answer)
      expect(page.status).toBe(403)
      expect(headingOf(page)).toBe(say('error.forbidden.title'))
      expect(returned(await agent.follow(await agent.get(home)))).toBeUndefined()
      expect(agent.cookies(latchkey.issuer)).not.toContain('__Host-session')
      expect(await countEvents(latchkey, 'sign-in.refused')).toBe(refusals + 1)
    },
  )

  it('and with tokens already, gets no more of them', async () => {
    const { agent, home, nextMail, started } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    await agent.post(linkIn((await nextMail()).text))
    const code = returned(await agent.follow(await agent.get(home)))?.get('code') ?? ''
    expect((await exchangeCode(agent, latchkey.issuer, started, code)).status).toBe(200)
    await changeRows(latchkey, 'users', `update latchkey.users set status = 'suspended'`)
    const refused = await refresh(agent, latchkey.issuer)
    expect(refused.status).toBe(400)
    expect(JSON.parse(refused.body)).toMatchObject({ error: 'invalid_grant' })
  })

  it('and signed in already, is asked to sign in again', async () => {
    const agent = newAgentBehindProxy()
    const { started, address, nextMail } = await beginSignIn(latchkey, { agent })
    await nextMail()
    await signUp(latchkey, address, agent)
    await changeRows(latchkey, 'users', `update latchkey.users set status = 'suspended'`)
    const page = await agent.follow(await agent.get(started.url))
    expect(returned(page)).toBeUndefined()
    expect(headingOf(page)).toContain(browserApp.client_name)
  })
})
