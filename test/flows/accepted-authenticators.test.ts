/** Passkeys of certain models alone: asked for in the course of a sign-in, and held to whenever a token is refreshed. */
import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { formatDay } from '../../views/times.ts'
import { visitAccount } from '../support/account.ts'
import type { Agent, Response } from '../support/agent.ts'
import { createAttestationAuthority } from '../support/attestation-authority.ts'
import { type Answer, call, obtainCode, redeem, refresh, type Tokens, tokensOf } from '../support/code-flow.ts'
import { approveDevice, pollAsDevice, startDevice, tv } from '../support/device.ts'
import { changeRows, readRows } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { answerPasskey, askOptions, enrolPasskey, openFirstPage } from '../support/passkey-sign-in.ts'
import { browserApp, serverApp } from '../support/relying-party.ts'
import { signInByMail } from '../support/second-steps.ts'
import { headingOf, newAddress, newAgentBehindProxy, returned } from '../support/sign-in.ts'
import { createSoftwareAuthenticator, type SoftwareAuthenticator } from '../support/software-authenticator.ts'

const { say } = speak('en')
const accepted = '2fc0579f-8113-47ea-b116-bb5a8db9202a'
const nameless = '6c6f6f6b-2061-7420-796f-757273656c66'
const other = 'fa2b99dc-9e39-4257-8f92-4a30d23c4119'
const models = `YubiKey 5 NFC and ${nameless}`
const maker = createAttestationAuthority()
const arrived = (page: Response) => returned(page)?.has('code') === true
let latchkey: RunningLatchkey

const start = async (environment: Record<string, string> = {}) => {
  latchkey = await startLatchkey({
    apps: [browserApp, serverApp, tv],
    on: 'postgres',
    environment: {
      TRUSTED_PROXIES: '1',
      REQUIRED_LEVEL: 'phishing-resistant',
      PASSKEY_ATTESTATION: 'direct',
      PASSKEY_ATTESTATION_ROOTS: maker.root,
      ACCEPTED_AUTHENTICATORS: `${accepted.toUpperCase()}, ${nameless}`,
      ...environment,
    },
  })
}
const newAuthenticator = (aaguid: string) =>
  createSoftwareAuthenticator({ origin: latchkey.issuer, aaguid, attestWith: maker.certify({ aaguid }) })

/** Somebody with a passkey, and the browser in which they have just signed in with it. */
async function signUp(aaguid: string): Promise<{ agent: Agent; authenticator: SoftwareAuthenticator }> {
  const authenticator = newAuthenticator(aaguid)
  const { agent, home } = await signInByMail(latchkey, { address: newAddress() })
  await enrolPasskey(agent, home, authenticator)
  await agent.follow(await agent.post(`${home}/recovery-codes/kept`))
  return { agent, authenticator }
}

/** The same, of a model that was accepted when they made it. */
async function signUpBefore(): Promise<{ agent: Agent; authenticator: SoftwareAuthenticator }> {
  const { authenticator } = await signUp(accepted)
  const credential = authenticator.credentials[0]?.id
  await changeRows(latchkey, 'passkeys', 'update latchkey.passkeys set aaguid = $1 where credential_id = $2', [other, credential])
  return { agent: newAgentBehindProxy(), authenticator }
}

async function signInWith(agent: Agent, authenticator: SoftwareAuthenticator) {
  const first = await openFirstPage(latchkey, agent, serverApp)
  return { ...first, next: await agent.follow(await answerPasskey(agent, first.home, authenticator)) }
}

describe('where certain models alone are accepted', () => {
  beforeAll(() => start())
  afterAll(() => latchkey?.stop())

  it('the page on which a passkey is made says which, in the language of its reader', async () => {
    const { agent, home } = await signInByMail(latchkey, { address: newAddress() })
    for (const [language, list] of [
      ['en', `YubiKey 5 NFC and ${nameless}`],
      ['de', `YubiKey 5 NFC und ${nameless}`],
      ['fr', `YubiKey 5 NFC et ${nameless}`],
      ['it', `YubiKey 5 NFC e ${nameless}`],
    ] as const) {
      const page = await agent.get(`${home}/enrol/passkey?ui_locales=${language}`, { 'accept-language': language })
      expect(page.body).toContain(list)
    }
  })

  it.each([
    ['of another model', () => newAuthenticator(other)],
    ['that does not prove its model', () => createSoftwareAuthenticator({ origin: latchkey.issuer, aaguid: accepted })],
    [
      'whose maker is not known',
      () =>
        createSoftwareAuthenticator({
          origin: latchkey.issuer,
          aaguid: accepted,
          attestWith: createAttestationAuthority().certify({ aaguid: accepted }),
        }),
    ],
  ])('a passkey %s is refused, with what is accepted; one that is leads into the product', async (_which, refused) => {
    const begun = await signInByMail(latchkey, { address: newAddress() })
    const page = await enrolPasskey(begun.agent, begun.home, refused())
    expect(page.status).toBe(400)
    expect(page.body).toContain(say('error.passkey-of-other-model.happened'))
    expect(page.body).toContain(say('accepted-passkeys', { models }))
    expect(arrived(await begun.agent.follow(await begun.agent.get(begun.home)))).toBe(false)

    await enrolPasskey(begun.agent, begun.home, newAuthenticator(nameless))
    expect(arrived(await begun.agent.follow(await begun.agent.post(`${begun.home}/recovery-codes/kept`)))).toBe(true)
  })

  it('nor is one of another model added on the account pages', async () => {
    const { agent } = await signUp(accepted)
    const visitor = await visitAccount(latchkey, newAddress(), agent)
    const path = '/account/ways-in/add/passkey'
    const options = await askOptions<Parameters<SoftwareAuthenticator['create']>[0]>(agent, `${latchkey.issuer}${path}/options`)
    const page = await visitor.submit(path, { response: JSON.stringify(newAuthenticator(other).create(options)) })
    expect(page.body).toContain(say('error.passkey-of-other-model.happened'))
  })

  it('whoever has one of another model is told, in line, to add one that is accepted, and goes on to the product', async () => {
    const { agent, authenticator } = await signUpBefore()
    const { home, next } = await signInWith(agent, authenticator)
    expect(headingOf(next)).toBe(say('choose-enrolment.heading'))
    expect(next.body).toContain(`Accepted are: ${models}.`)
    expect(arrived(next)).toBe(false)
    await enrolPasskey(agent, home, newAuthenticator(accepted))
    expect(arrived(await agent.follow(await agent.get(home)))).toBe(true)

    // From then on it is asked for after the other one, and the page says which would do.
    const again = await signInWith(newAgentBehindProxy(), authenticator)
    expect(headingOf(again.next)).toBe(say('passkey-step.heading-second'))
    expect(again.next.body).toContain(say('accepted-passkeys', { models }))
  })

  it('discovery still names the levels that can be reached', async () => {
    const { body } = await call(`${latchkey.issuer}/.well-known/openid-configuration`)
    expect(body['acr_values_supported']).toEqual(['single-factor', 'multi-factor', 'phr', 'phrh'])
  })
})

describe('from a day on', () => {
  const day = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10)
  const invalidGrant = { status: 400, body: { error: 'invalid_grant' } }
  beforeAll(() => start({ REQUIRED_FROM: day }))
  afterAll(() => latchkey?.stop())

  /** What the chain of refresh tokens that an app has of somebody keeps. */
  const chainOf = async ({ idToken }: Tokens, { client_id }: { client_id: string }) => {
    const { sub } = decodeJwt(idToken)
    const [row] = await readRows(latchkey, 'refresh_families', `user_id = '${sub}' and client_id = '${client_id}'`)
    return row?.['payload'] as Record<string, unknown> // the row's own JSON
  }
  const tokensFor = async (agent: Agent) =>
    tokensOf(await redeem(latchkey, serverApp, await obtainCode(latchkey, agent, serverApp)))
  const again = (answer: Answer) => refresh(latchkey, serverApp, tokensOf(answer).refreshToken)
  const tvTokens = async (agent: Agent) => {
    const { deviceCode, userCode } = await startDevice(latchkey, tv)
    await approveDevice(agent, `${latchkey.issuer}/device`, userCode)
    return tokensOf(await pollAsDevice(latchkey, deviceCode, tv))
  }

  it('a refresh is held to the models that were shown, by whatever way the tokens came, and a chain keeps its size', async () => {
    const good = await signUp(accepted)
    const goodTokens = await tokensFor(good.agent)
    const goodTv = await tvTokens(good.agent)

    const late = await signUpBefore()
    const { home, next, started } = await signInWith(late.agent, late.authenticator)
    expect(headingOf(next)).toBe(say('soon-required.heading-accepted', { date: formatDay('en', new Date(day)) }))
    expect(next.body).toContain(`Accepted are: ${models}.`)
    const back = await late.agent.follow(await late.agent.post(`${home}/continue`, { later: '1' }))
    const lateTokens = tokensOf(await redeem(latchkey, serverApp, { code: returned(back)?.get('code') ?? '', started }))
    const lateTv = await tvTokens(late.agent)
    // A chain of tokens from before proofs were kept.
    const old = await signUp(accepted)
    const oldTokens = await tokensFor(old.agent)
    await changeRows(
      latchkey,
      'refresh_families',
      `update latchkey.refresh_families set payload = (payload::jsonb - 'proofs')::json where user_id = $1`,
      [decodeJwt(oldTokens.idToken).sub],
    )

    const shown = (authenticator: string) => ({
      method: 'passkey',
      factors: ['pop', 'hwk', 'user'],
      at: expect.any(Number),
      authenticator,
    })
    for (const app of [serverApp, tv]) expect((await chainOf(lateTokens, app))['proofs']).toEqual([shown(other)])
    const begun = await chainOf(goodTokens, serverApp)
    const goodNow = await refresh(latchkey, serverApp, goodTokens.refreshToken)
    const lateNow = await refresh(latchkey, serverApp, lateTokens.refreshToken)
    const oldNow = await refresh(latchkey, serverApp, oldTokens.refreshToken)
    for (const answer of [goodNow, lateNow, oldNow]) expect(answer.status).toBe(200)

    latchkey.clock.advance(3 * 86_400)
    const goodLater = await again(goodNow)
    expect(await again(goodLater)).toMatchObject({ status: 200 })
    const rotated = await chainOf(goodTokens, serverApp)
    expect(rotated['proofs']).toEqual(begun['proofs'])
    expect(JSON.stringify(rotated)).toHaveLength(JSON.stringify({ ...begun, gty: rotated['gty'] }).length)
    expect(await refresh(latchkey, tv, goodTv.refreshToken)).toMatchObject({ status: 200 })
    expect(await again(lateNow)).toMatchObject(invalidGrant)
    expect(await refresh(latchkey, tv, lateTv.refreshToken)).toMatchObject(invalidGrant)
    // Which model that was, nobody knows any more.
    expect(await again(oldNow)).toMatchObject(invalidGrant)
  })
})

describe('where any passkey will do', () => {
  afterEach(() => latchkey?.stop())

  it('tokens from before proofs were kept go on being refreshed, by what they say was shown', async () => {
    latchkey = await startLatchkey({
      apps: [browserApp, serverApp],
      on: 'postgres',
      environment: { REQUIRED_LEVEL: 'phishing-resistant', TRUSTED_PROXIES: '1' },
    })
    const { agent } = await signUp(accepted)
    const tokens = tokensOf(await redeem(latchkey, serverApp, await obtainCode(latchkey, agent, serverApp)))
    const strip = `update latchkey.refresh_families set payload = (payload::jsonb - 'proofs')::json`
    expect(await changeRows(latchkey, 'refresh_families', strip)).toBe(1)
    const next = await refresh(latchkey, serverApp, tokens.refreshToken)
    expect((await refresh(latchkey, serverApp, tokensOf(next).refreshToken)).status).toBe(200)
  })
})
