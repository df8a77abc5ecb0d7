/** What somebody may try with passkeys who controls the browser, the authenticator, or both. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { passkeysPerPerson } from '../../provider/sign-in/passkey.ts'
import { Agent } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { answerPasskey, askOptions, enrolPasskey, openFirstPage, signUpWithPasskey } from '../support/passkey-sign-in.ts'
import { browserApp, linkIn } from '../support/relying-party.ts'
import { typeRecoveryCode } from '../support/second-steps.ts'
import { beginSignIn, headingOf, newAddress, returned } from '../support/sign-in.ts'
import { createSoftwareAuthenticator, type SoftwareAuthenticator } from '../support/software-authenticator.ts'

const mode = { kind: 'system', reason: 'sign-in' } as const

describe.each(['embedded', 'servers'] as const)('passkeys, on %s', on => {
  let latchkey: RunningLatchkey

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], on })
  })
  afterAll(() => latchkey.stop())

  const newAuthenticator = (synced = false) => createSoftwareAuthenticator({ origin: latchkey.issuer, synced })
  const open = (agent: Agent, parameters: Record<string, string> = {}) => openFirstPage(latchkey, agent, browserApp, parameters)
  /** Through the mail, in a new browser, up to what comes after it. */
  const proveAddress = async (address: string, parameters: Record<string, string> = {}) => {
    const agent = new Agent()
    const begun = await beginSignIn(latchkey, { agent, address, parameters })
    await agent.post(linkIn((await begun.nextMail()).text))
    return { agent, home: begun.home, next: await agent.follow(await agent.get(begun.home)) }
  }
  const credentialOf = (authenticator: SoftwareAuthenticator) => {
    const [credential] = authenticator.credentials
    if (credential === undefined) throw new Error('no passkey was made')
    return credential
  }
  const findPasskey = (authenticator: SoftwareAuthenticator) =>
    latchkey.adapters.data.read(mode, ({ passkeys }) => passkeys.findByCredentialId(credentialOf(authenticator).id))
  const signsIn = async (authenticator: SoftwareAuthenticator) => {
    const agent = new Agent()
    return returned(await agent.follow(await answerPasskey(agent, (await open(agent)).home, authenticator)))?.has('code') === true
  }

  it('an answer to another sign-in of the same browser is not taken, nor one to a registration', async () => {
    const authenticator = newAuthenticator()
    await signUpWithPasskey(latchkey, new Agent(), authenticator, newAddress())
    const agent = new Agent()
    const one = await open(agent)
    const options = await askOptions<Parameters<SoftwareAuthenticator['get']>[0]>(agent, `${one.home}/options`, {
      method: 'passkey',
    })
    const response = JSON.stringify(authenticator.get(options))
    const other = await open(agent)
    const refused = await agent.post(`${other.home}/verify`, { method: 'passkey', response })
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('open for too long')

    const enrolling = await proveAddress(newAddress(), { acr_values: 'phr' })
    const { challenge } = await askOptions<{ challenge: string }>(enrolling.agent, `${enrolling.home}/enrol/passkey/options`)
    const misused = JSON.stringify(authenticator.get({ ...options, challenge }))
    const answered = await enrolling.agent.post(`${enrolling.home}/verify`, { method: 'passkey', response: misused })
    expect(answered.status).toBe(400)
    expect(returned(answered)).toBeUndefined()
  })

  it('somebody’s credential id cannot be registered again, by whomever: it stays theirs', async () => {
    const victim = newAuthenticator()
    await signUpWithPasskey(latchkey, new Agent(), victim, newAddress())
    const before = await findPasskey(victim)

    const thief = newAuthenticator()
    const { agent, home } = await proveAddress(newAddress(), { acr_values: 'phr' })
    const refused = await enrolPasskey(agent, home, thief, { id: credentialOf(victim).id })
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('belongs to another account')
    expect(await findPasskey(victim)).toEqual(before)
    expect(await signsIn(victim)).toBe(true)
    // The same id with another key proves nothing, whoever's handle is named.
    expect(await signsIn(thief)).toBe(false)
  })

  it('whose backup eligibility changes is not taken: it never does', async () => {
    const authenticator = newAuthenticator()
    await signUpWithPasskey(latchkey, new Agent(), authenticator, newAddress())
    const agent = new Agent()
    const refused = await answerPasskey(agent, (await open(agent)).home, authenticator, { backupEligible: true, backedUp: true })
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('only a copy would')
    expect(await findPasskey(authenticator)).toMatchObject({ backupEligible: false, backedUp: false, lastUsedAt: undefined })
  })

  it('whose backup state changes is taken, and the change is kept', async () => {
    const authenticator = newAuthenticator(true)
    await signUpWithPasskey(latchkey, new Agent(), authenticator, newAddress())
    expect(await findPasskey(authenticator)).toMatchObject({ backupEligible: true, backedUp: true })
    const agent = new Agent()
    await answerPasskey(agent, (await open(agent)).home, authenticator, { backedUp: false })
    expect(await findPasskey(authenticator)).toMatchObject({ backupEligible: true, backedUp: false })
  })

  it('that say they are backed up and cannot be are not registered', async () => {
    const { agent, home } = await proveAddress(newAddress(), { acr_values: 'phr' })
    const refused = await enrolPasskey(agent, home, newAuthenticator(), { backupEligible: false, backedUp: true })
    expect(refused.status).toBe(400)
    expect(returned(await agent.follow(await agent.get(home)))).toBeUndefined()
  })

  it('made for the domain before a move prove nothing, and lower nothing that the account asks', async () => {
    const address = newAddress()
    const old = newAuthenticator()
    const { codes } = await signUpWithPasskey(latchkey, new Agent(), old, address)
    await movePasskey(old, 'id.before.example')

    expect(await signsIn(old)).toBe(false)
    const { agent, home, next } = await proveAddress(address)
    expect(headingOf(next)).toBe('Your passkeys don’t work here')
    expect(next.body).not.toContain('data-passkey=')
    expect(next.body).toContain('?with=recovery-code')
    await typeRecoveryCode({ agent, home }, codes[0] ?? '')
    // And the same device may have one for the new domain.
    const asked = await proveAddress(address, { acr_values: 'phr' })
    await typeRecoveryCode(asked, codes[1] ?? '')
    const options = await askOptions<{ excludeCredentials?: object[] }>(asked.agent, `${asked.home}/enrol/passkey/options`)
    expect(options.excludeCredentials ?? []).toEqual([])
    expect((await enrolPasskey(asked.agent, asked.home, old)).status).toBe(303)
    expect(returned(await asked.agent.follow(await asked.agent.get(asked.home)))?.has('code')).toBe(true)
  })

  it('are as many as anybody has devices: one more is refused in words', async () => {
    const address = newAddress()
    const authenticator = newAuthenticator()
    const { codes } = await signUpWithPasskey(latchkey, new Agent(), authenticator, address)
    const first = await findPasskey(authenticator)
    if (first === undefined) throw new Error('no passkey was made')
    const { handle: _, ...passkey } = first
    await latchkey.adapters.data.scoped(mode, async ({ passkeys }) => {
      for (let count = 1; count < passkeysPerPerson; count += 1)
        await passkeys.create({ ...passkey, id: randomUUID(), credentialId: Buffer.from(randomUUID()) })
    })

    const asked = await proveAddress(address, { acr_values: 'phr' })
    await typeRecoveryCode(asked, codes[0] ?? '')
    const refused = await enrolPasskey(asked.agent, asked.home, newAuthenticator())
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('as many passkeys as it can have')
    expect(await signsIn(authenticator)).toBe(true)
  })

  it('of a lost device: a recovery code stands for it once, and a new one is made in line', async () => {
    const address = newAddress()
    const { codes } = await signUpWithPasskey(latchkey, new Agent(), newAuthenticator(), address)
    const { agent, home, next } = await proveAddress(address)
    expect(headingOf(next)).toBe('Confirm with your passkey')
    expect(next.body).toContain(`${new URL(home).pathname}?with=recovery-code`)
    const proved = await typeRecoveryCode({ agent, home }, codes[0] ?? '')
    expect(returned(proved)).toBeUndefined()
    expect(returned(await agent.follow(await agent.get(home)))?.has('code')).toBe(true)

    const again = await proveAddress(address, { acr_values: 'phr' })
    const refused = await typeRecoveryCode(again, codes[0] ?? '')
    expect(refused.status).toBe(400)
    await typeRecoveryCode(again, codes[1] ?? '')
    const found = newAuthenticator()
    expect((await enrolPasskey(again.agent, again.home, found)).status).toBe(303)
    expect(await signsIn(found)).toBe(true)
  })

  /** As a passkey is after the installation's domain has changed: made for the one before. */
  async function movePasskey(authenticator: SoftwareAuthenticator, rpId: string): Promise<void> {
    const found = await findPasskey(authenticator)
    if (found === undefined) throw new Error('no passkey was made')
    const { handle: _, ...passkey } = found
    await latchkey.adapters.data.scoped(mode, async ({ passkeys }) => {
      await passkeys.delete(passkey.userId, passkey.id)
      await passkeys.create({ ...passkey, rpId })
    })
  }
})
