/** What was made void counts nowhere again: not in a browser that is excepted later, and not in what refreshes by itself. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { linksIn, spacedCodeIn, type Visitor, visitAccount } from '../support/account.ts'
import type { Agent } from '../support/agent.ts'
import { obtainCode, redeem, refresh, type Tokens, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { openFirstPage } from '../support/passkey-sign-in.ts'
import { browserApp, serverApp, startRequest } from '../support/relying-party.ts'
import { codeOf, type SecondFactorHolder, signInByMail, signUpWithTotp } from '../support/second-steps.ts'
import { expectMails, newAddress, returned } from '../support/sign-in.ts'

const { say } = speak('en')
const addresses = '/account/addresses'
const thirdParty = { ...serverApp, client_id: 'reports', client_name: 'Reports', first_party: false }

describe.each(['embedded', 'servers'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [serverApp, browserApp, thirdParty], on, environment: { TRUSTED_PROXIES: '1' } })
  })
  afterAll(() => latchkey?.stop())

  /** Signs in by e-mail and a code of their authenticator app, in a new browser. */
  async function signInWithApp({ address, key }: SecondFactorHolder): Promise<Agent> {
    const { agent, home } = await signInByMail(latchkey, { address })
    const arrived = await agent.follow(await agent.post(`${home}/verify`, { method: 'totp', code: codeOf(latchkey, key) }))
    expect(returned(arrived)?.has('code')).toBe(true)
    latchkey.clock.advance(60)
    return agent
  }

  const visitAs = ({ address }: SecondFactorHolder, agent: Agent) => visitAccount(latchkey, address, agent)

  async function removeApp(visitor: Visitor): Promise<void> {
    const [remove = ''] = linksIn(await visitor.open('/account/ways-in'), '/remove')
    expect((await visitor.submit(remove)).body).toContain(say('account.done.factor-removed'))
    latchkey.clock.advance(60)
  }

  async function addAndRemoveAddress(visitor: Visitor): Promise<void> {
    const address = newAddress()
    const nextMail = expectMails(latchkey, address)
    await visitor.submit(`${addresses}/add`, { address })
    await visitor.submit(`${addresses}/add/confirm`, { code: spacedCodeIn((await nextMail()).text) })
    const [remove = ''] = linksIn(await visitor.open(addresses), '/remove')
    await visitor.submit(remove)
    expect(linksIn(await visitor.open(addresses), '/remove')).toEqual([])
    latchkey.clock.advance(60)
  }

  const askSilently = async (agent: Agent) =>
    returned((await openFirstPage(latchkey, agent, serverApp, { prompt: 'none', acr_values: 'multi-factor' })).page)

  const redeemNow = async (agent: Agent): Promise<Tokens> =>
    tokensOf(await redeem(latchkey, serverApp, await obtainCode(latchkey, agent, serverApp)))

  it('a browser in which something is removed later is excepted from that removal, and from no earlier one', async () => {
    const person = await signUpWithTotp(latchkey)
    const elsewhere = await signInWithApp(person)
    const here = await signInWithApp(person)
    expect((await askSilently(elsewhere))?.has('code')).toBe(true)
    await removeApp(await visitAs(person, here))
    const visitor = await visitAs(person, elsewhere)
    expect((await askSilently(elsewhere))?.get('error')).toBe('login_required')
    await addAndRemoveAddress(visitor)
    expect((await askSilently(elsewhere))?.get('error')).toBe('login_required')
    expect(decodeJwt((await redeemNow(elsewhere)).accessToken)['acr']).toBe('single-factor')
  })

  it('a browser in which two things are removed one after the other keeps what it had proved before both', async () => {
    const person = await signUpWithTotp(latchkey)
    const here = await signInWithApp(person)
    const visitor = await visitAs(person, here)
    await removeApp(visitor)
    await addAndRemoveAddress(visitor)
    expect((await askSilently(here))?.has('code')).toBe(true)
  })

  it('what was given by a sign-in elsewhere refreshes no more, and in the browser that removed it goes on', async () => {
    const person = await signUpWithTotp(latchkey)
    const elsewhere = await redeemNow(await signInWithApp(person))
    const here = await signInWithApp(person)
    const own = await redeemNow(here)
    await removeApp(await visitAs(person, here))
    const refused = await refresh(latchkey, serverApp, elsewhere.refreshToken)
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_grant'])
    const { refreshToken } = tokensOf(await refresh(latchkey, serverApp, own.refreshToken))
    expect((await refresh(latchkey, serverApp, refreshToken)).status).toBe(200)
  })

  it('what a third party was given for when the person is away goes on, as it does where they sign out', async () => {
    const person = await signUpWithTotp(latchkey)
    const elsewhere = await signInWithApp(person)
    const started = await startRequest(latchkey.issuer, thirdParty, { scope: 'openid offline_access', prompt: 'consent' })
    const consent = await elsewhere.follow(await elsewhere.get(started.url))
    const allowed = await elsewhere.follow(await elsewhere.post(consent.url, { decision: 'allow' }))
    const code = returned(allowed)?.get('code') ?? ''
    const tokens = tokensOf(await redeem(latchkey, thirdParty, { code, started }))
    await removeApp(await visitAs(person, await signInWithApp(person)))
    expect((await refresh(latchkey, thirdParty, tokens.refreshToken)).status).toBe(200)
  })
})
