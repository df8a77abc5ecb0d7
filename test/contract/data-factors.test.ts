import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newSecret } from '../../provider/kernel/secrets.ts'
import type { Data } from '../../provider/ports/data.ts'
import { type DurableState, databaseKinds, openDurableState } from '../support/durable-state.ts'
import {
  aGrant,
  anHourLater,
  anUpstreamIdentity,
  aPasskey,
  aRecoveryCode,
  asSystem,
  asUser,
  aTotpDevice,
  createUser,
  newHash,
  noon,
} from '../support/records.ts'

const noAaguid = '00000000-0000-0000-0000-000000000000'

describe.each(databaseKinds)('passkeys, generators and recovery codes on %s', kind => {
  let state: DurableState
  let data: Data
  beforeAll(async () => {
    state = await openDurableState(kind)
    data = state.data
  })
  afterAll(() => state?.close())

  async function createPasskey(userId: string, changes: Parameters<typeof aPasskey>[1] = {}) {
    const passkey = aPasskey(userId, changes)
    await data.scoped(asUser(userId), ({ passkeys }) => passkeys.create(passkey))
    return passkey
  }

  async function createDevice(userId: string, changes: Parameters<typeof aTotpDevice>[1] = {}) {
    const device = aTotpDevice(userId, changes)
    await data.scoped(asUser(userId), ({ totpDevices }) => totpDevices.create(device))
    return device
  }

  const listPasskeys = (userId: string) => data.read(asUser(userId), ({ passkeys }) => passkeys.listForUser(userId))
  const listDevices = (userId: string) => data.read(asUser(userId), ({ totpDevices }) => totpDevices.listForUser(userId))
  /** How many of so many callers at the same moment were told that it was them. */
  async function countWinners(callers: number, run: () => Promise<boolean>): Promise<number> {
    return (await Promise.all(Array.from({ length: callers }, run))).filter(Boolean).length
  }

  it('are known of with the user and with a grant, whichever of the two it is', async () => {
    const [withPasskey, withDevice, withNothing] = [await createUser(data), await createUser(data), await createUser(data)]
    await Promise.all([createPasskey(withPasskey.id), createDevice(withDevice.id)])
    const ask = async ({ id }: { id: string }) => {
      const grant = aGrant(id)
      await data.scoped(asSystem, ({ grants }) => grants.upsert(grant))
      const [user, facts] = await data.read(asSystem, ({ users, grants }) =>
        Promise.all([users.findWithFactors(id), grants.findFactsWithFactors(grant.id)]),
      )
      expect(facts).toMatchObject({ grant, user: user ?? {} })
      return facts?.user.hasFactors
    }
    expect(await Promise.all([withPasskey, withDevice, withNothing].map(ask))).toEqual([true, true, false])
    await data.read(asSystem, async ({ users, grants }) => {
      for (const id of [newSecret(), '', '\0']) {
        expect(await users.findWithFactors(id)).toBeUndefined()
        expect(await grants.findFactsWithFactors(id)).toBeUndefined()
      }
    })
  })

  describe('passkeys', () => {
    it('are kept as they were given, oldest first', async () => {
      const { id } = await createUser(data)
      const second = await createPasskey(id, {
        createdAt: anHourLater,
        lastUsedAt: undefined,
        transports: [],
        signCount: 2 ** 32 - 1,
      })
      const first = await createPasskey(id, { attested: true, backupEligible: false, backedUp: false })
      expect(await listPasskeys(id)).toEqual([first, second])
      expect(await data.read(asSystem, ({ passkeys }) => passkeys.listForUser(id))).toEqual([first, second])
      expect(await data.read(asSystem, ({ passkeys }) => passkeys.listForUser('not-an-id'))).toEqual([])
    })

    it("are found by their credential id together with their person's handle", async () => {
      const { id } = await createUser(data)
      const passkey = await createPasskey(id)
      const find = () => data.read(asSystem, ({ passkeys }) => passkeys.findByCredentialId(passkey.credentialId))
      expect(await find()).toBeUndefined()
      const handle = await data.scoped(asUser(id), ({ accounts }) => accounts.findOrCreatePasskeyHandle(id))
      expect(await find()).toEqual({ ...passkey, handle })
      expect(await data.read(asSystem, ({ passkeys }) => passkeys.findByCredentialId(newHash()))).toBeUndefined()
    })

    it("have credential ids of their own, and whose else's it is makes no difference", async () => {
      const [user, other] = [await createUser(data), await createUser(data)]
      const { credentialId } = await createPasskey(user.id)
      for (const { id } of [user, other]) {
        await expect(createPasskey(id, { credentialId })).rejects.toMatchObject({ name: 'AppError', code: 'conflict' })
      }
    })

    it.each([
      ['goes up', 1, 2, true],
      ['stays', 2, 2, false],
      ['goes down', 2, 1, false],
      ['is none', 0, 0, true],
      ['begins to count', 0, 1, true],
      ['stops counting', 1, 0, false],
    ])('keep a use whose counter %s, or refuse it', async (_, stored, said, kept) => {
      const { id } = await createUser(data)
      const passkey = await createPasskey(id, { signCount: stored, backedUp: false })
      const use = { userId: id, id: passkey.id, signCount: said, backedUp: true, usedAt: noon }
      expect(await data.scoped(asSystem, ({ passkeys }) => passkeys.recordUse(use))).toBe(kept)
      const after = kept ? { ...passkey, signCount: said, backedUp: true, lastUsedAt: noon } : passkey
      expect(await listPasskeys(id)).toEqual([after])
    })

    it('keep one of twenty uses of the same count', async () => {
      const { id } = await createUser(data)
      const passkey = await createPasskey(id, { signCount: 7 })
      const use = { userId: id, id: passkey.id, signCount: 8, backedUp: true, usedAt: noon }
      expect(await countWinners(20, () => data.scoped(asSystem, ({ passkeys }) => passkeys.recordUse(use)))).toBe(1)
    })

    it('are renamed and deleted by their person alone', async () => {
      const [{ id }, other] = [await createUser(data), await createUser(data)]
      const passkey = await createPasskey(id)
      const kept = await createPasskey(id, { createdAt: anHourLater })
      for (const [mode, userId] of [
        [asUser(other.id), id],
        [asUser(other.id), other.id],
        [asSystem, other.id],
      ] as const) {
        expect(await data.scoped(mode, ({ passkeys }) => passkeys.rename(userId, passkey.id, 'Mine'))).toBe(false)
        expect(await data.scoped(mode, ({ passkeys }) => passkeys.delete(userId, passkey.id))).toBe(false)
      }
      expect(await data.scoped(asUser(id), ({ passkeys }) => passkeys.rename(id, passkey.id, 'Schlüssel 🔑'))).toBe(true)
      expect(await listPasskeys(id)).toEqual([{ ...passkey, name: 'Schlüssel 🔑' }, kept])
      expect(await data.scoped(asUser(id), ({ passkeys }) => passkeys.delete(id, passkey.id))).toBe(true)
      expect(await data.scoped(asUser(id), ({ passkeys }) => passkeys.delete(id, passkey.id))).toBe(false)
      expect(await data.scoped(asUser(id), ({ passkeys }) => passkeys.rename(id, 'not-an-id', 'Mine'))).toBe(false)
      expect(await listPasskeys(id)).toEqual([kept])
    })
  })

  describe('generators of codes', () => {
    it('are kept with the very bytes of their secret, renamed, and deleted', async () => {
      const [{ id }, other] = [await createUser(data), await createUser(data)]
      const second = await createDevice(id, { createdAt: anHourLater, lastUsedAt: undefined })
      const first = await createDevice(id)
      expect(await listDevices(id)).toEqual([first, second])
      expect(await data.scoped(asUser(other.id), ({ totpDevices }) => totpDevices.rename(other.id, first.id, 'Mine'))).toBe(false)
      expect(await data.scoped(asUser(other.id), ({ totpDevices }) => totpDevices.delete(id, first.id))).toBe(false)
      expect(await data.scoped(asUser(id), ({ totpDevices }) => totpDevices.rename(id, first.id, 'Telefon'))).toBe(true)
      expect(await data.scoped(asUser(id), ({ totpDevices }) => totpDevices.delete(id, second.id))).toBe(true)
      expect(await listDevices(id)).toEqual([{ ...first, name: 'Telefon' }])
    })

    it('take each time step once, and none before it', async () => {
      const { id } = await createUser(data)
      const device = await createDevice(id, { lastStep: 100 })
      const take = (step: number) => data.scoped(asSystem, ({ totpDevices }) => totpDevices.takeStep(id, device.id, step, noon))
      expect(await take(100)).toBe(false)
      expect(await countWinners(20, () => take(102))).toBe(1)
      expect([await take(101), await take(102), await take(103)]).toEqual([false, false, true])
      expect(await listDevices(id)).toEqual([{ ...device, lastStep: 103, lastUsedAt: noon }])
      const other = await createUser(data)
      expect(await data.scoped(asSystem, ({ totpDevices }) => totpDevices.takeStep(other.id, device.id, 200, noon))).toBe(false)
    })
  })

  describe('recovery codes', () => {
    const replace = (userId: string, codes: ReturnType<typeof aRecoveryCode>[], moment = noon) =>
      data.scoped(asUser(userId), ({ recoveryCodes }) => recoveryCodes.replaceAll(userId, codes, moment))
    const findState = (userId: string) => data.read(asUser(userId), ({ recoveryCodes }) => recoveryCodes.findState(userId))
    const use = (userId: string, codeHash: Buffer) =>
      data.scoped(asSystem, ({ recoveryCodes }) => recoveryCodes.use(userId, codeHash, noon))

    it('are used once each, by one of many callers, and by their own person', async () => {
      const [{ id }, other] = [await createUser(data), await createUser(data)]
      const codes = Array.from({ length: 10 }, aRecoveryCode)
      expect(await findState(id)).toBeUndefined()
      await replace(id, codes)
      expect(await findState(id)).toEqual({ unused: 10, all: 10, createdAt: noon })
      const [first, second] = codes.map(({ codeHash }) => codeHash) as [Buffer, Buffer]
      expect(await use(other.id, first)).toBe(false)
      expect(await use(id, newHash())).toBe(false)
      expect(await countWinners(20, () => use(id, first))).toBe(1)
      expect(await use(id, second)).toBe(true)
      expect(await findState(id)).toEqual({ unused: 8, all: 10, createdAt: noon })
    })

    it('are replaced as a set, so that none of the old ones counts', async () => {
      const { id } = await createUser(data)
      const old = aRecoveryCode()
      await replace(id, [old])
      await use(id, old.codeHash)
      await replace(id, [aRecoveryCode(), aRecoveryCode()], anHourLater)
      expect(await findState(id)).toEqual({ unused: 2, all: 2, createdAt: anHourLater })
      expect(await use(id, old.codeHash)).toBe(false)
      await data.scoped(asUser(id), ({ recoveryCodes }) => recoveryCodes.deleteAll(id))
      expect(await findState(id)).toBeUndefined()
      await replace(id, [])
      expect(await findState(id)).toBeUndefined()
    })

    it('are one set, however many replace them at once', async () => {
      const { id } = await createUser(data)
      const old = aRecoveryCode()
      await replace(id, [old])
      const sets = Array.from({ length: 8 }, () => Array.from({ length: 3 }, aRecoveryCode))
      const { promise: held, resolve: hold } = Promise.withResolvers<void>()
      // Whoever replaces them meets a code that somebody is using, and has looked for the old ones by then.
      const using = data.scoped(asSystem, async ({ recoveryCodes }) => {
        await recoveryCodes.use(id, old.codeHash, noon)
        hold()
        await pause(300)
      })
      await held
      const replaceAlone = (codes: ReturnType<typeof aRecoveryCode>[]) =>
        data.scoped(asUser(id), async ({ recoveryCodes }) => {
          // Whoever has read something has a connection of their own, and waits for nobody's in this process.
          await recoveryCodes.findState(id)
          await recoveryCodes.replaceAll(id, codes, noon)
        })
      await Promise.all([using, ...sets.map(replaceAlone)])
      expect(await findState(id)).toEqual({ unused: 3, all: 3, createdAt: noon })
      const taken = await Promise.all(sets.map(([code]) => use(id, code?.codeHash ?? newHash())))
      expect(taken.filter(Boolean)).toHaveLength(1)
    })
  })

  it('counts failed tries by person and method, none of them lost', async () => {
    const { id } = await createUser(data)
    const find = (method = 'totp') => data.read(asSystem, ({ factorFailures }) => factorFailures.find(id, method))
    const increment = (moment: Date) =>
      data.scoped(asSystem, ({ factorFailures }) => factorFailures.increment(id, 'totp', moment))
    expect(await find()).toBeUndefined()
    const counts = await Promise.all(Array.from({ length: 15 }, () => increment(noon)))
    expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 15 }, (_, index) => index + 1))
    expect(await increment(anHourLater)).toBe(16)
    expect(await find()).toEqual({ failures: 16, lastFailureAt: anHourLater })
    expect(await find('recovery-code')).toBeUndefined()
    await data.scoped(asSystem, ({ factorFailures }) => factorFailures.reset(id, 'recovery-code'))
    expect(await find()).toMatchObject({ failures: 16 })
    await data.scoped(asSystem, ({ factorFailures }) => factorFailures.reset(id, 'totp'))
    expect(await find()).toBeUndefined()
    // A person cannot take away what holds back whoever guesses in their name.
    await expect(data.scoped(asUser(id), ({ factorFailures }) => factorFailures.reset(id, 'totp'))).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('tells policy all that is enrolled, in one query', async () => {
    const { id } = await createUser(data)
    const findFactors = (userId = id) => data.read(asUser(id), ({ accounts }) => accounts.findFactors(userId))
    const none = { passkeys: [], totpDevices: 0, recoveryCodes: 0, accessPass: false, upstreamIdentities: 0 }
    expect(await findFactors()).toEqual(none)
    expect(await findFactors('not-an-id')).toEqual(none)
    const [used, unused] = [aRecoveryCode(), aRecoveryCode()]
    await data.scoped(asUser(id), async ({ recoveryCodes }) => {
      await recoveryCodes.replaceAll(id, [used, unused], noon)
      await recoveryCodes.use(id, used.codeHash, noon)
    })
    await createPasskey(id, { createdAt: anHourLater, aaguid: noAaguid, rpId: 'old.example.com' })
    const { aaguid } = await createPasskey(id, { attested: true })
    await createDevice(id)
    await data.scoped(asUser(id), ({ upstreamIdentities }) => upstreamIdentities.create(anUpstreamIdentity(id)))
    await createPasskey((await createUser(data)).id)
    expect(await findFactors()).toEqual({
      passkeys: [
        { aaguid, attested: true, backupEligible: true, rpId: 'login.example.com' },
        { aaguid: noAaguid, attested: false, backupEligible: true, rpId: 'old.example.com' },
      ],
      totpDevices: 1,
      recoveryCodes: 1,
      accessPass: false,
      upstreamIdentities: 1,
    })
  })
})
