import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKeyFile } from '../../adapters/kms/key-file.ts'
import { dataKeyOf } from '../../provider/envelope/data-key.ts'
import { openEnvelope } from '../../provider/envelope/envelope.ts'
import { type Clock, systemClock } from '../../provider/kernel/clock.ts'
import { AppError, StartError } from '../../provider/kernel/errors.ts'
import type { BlindIndexPurpose, FieldContext, KeyOwner } from '../../provider/ports/field-cipher.ts'
import type { InstallationKeys, KeyWrapper } from '../../provider/ports/key-wrapper.ts'
import { keepInstallationKey } from '../support/installation-key.ts'

let folder: string
let keyWrapper: KeyWrapper
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-envelope-'))
  keyWrapper = await openKeyFile({ path: join(folder, 'master.key') })
})
afterAll(() => rm(folder, { recursive: true }))

const open = (installationKeys: InstallationKeys = keepInstallationKey(), options: { clock?: Clock; keys?: number } = {}) =>
  openEnvelope({
    keyWrapper,
    installationKeys,
    clock: options.clock ?? systemClock,
    cache: { keys: options.keys ?? 100, seconds: 60 },
  })

// What UTF-8 can carry: everything but half a surrogate pair.
const text = fc.string({ unit: 'binary' })
const anyOwner: fc.Arbitrary<KeyOwner> = fc.oneof(
  fc.constant({ kind: 'installation' } as const),
  fc.record({ kind: fc.constant('user' as const), userId: text }),
  fc.record({ kind: fc.constant('workspace' as const), workspaceId: text }),
)
const anyContext: fc.Arbitrary<FieldContext> = fc.record({ table: text, column: text, row: text })

const alice: KeyOwner = { kind: 'user', userId: 'alice' }
const acme: KeyOwner = { kind: 'workspace', workspaceId: 'acme' }
const nameOfAlice: FieldContext = { table: 'users', column: 'name', row: 'alice' }
const never = async () => expect.fail('the key should have been in the cache')

describe('a sealed field', () => {
  it('opens again where it was sealed, whatever it says and whoever owns it', async () => {
    const cipher = await open()
    await fc.assert(
      fc.asyncProperty(anyOwner, anyContext, text, async (owner, context, plaintext) => {
        const key = owner.kind === 'installation' ? cipher.installation : (await cipher.createKey(owner)).key
        const sealed = key.seal(context, plaintext)
        expect(key.open(context, sealed)).toBe(plaintext)
        expect(key.seal(context, plaintext)).not.toEqual(sealed)
      }),
    )
  })

  it('does not open after any one bit of it was changed, nor cut short', async () => {
    const { installation } = await open()
    fc.assert(
      fc.property(anyContext, text, fc.nat(), (context, plaintext, position) => {
        const sealed = installation.seal(context, plaintext)
        const bit = position % (sealed.length * 8)
        const altered = Buffer.from(sealed)
        altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(() => installation.open(context, altered)).toThrow()
        expect(() => installation.open(context, sealed.subarray(0, position % sealed.length))).toThrow()
      }),
    )
  })

  it('does not open in another table, column or row, however the names are cut', async () => {
    const { installation } = await open()
    fc.assert(
      fc.property(anyContext, anyContext, (from, to) => {
        fc.pre(from.table !== to.table || from.column !== to.column || from.row !== to.row)
        expect(() => installation.open(to, installation.seal(from, 'Alice'))).toThrow()
      }),
    )
    const sealed = installation.seal({ table: 'ab', column: 'c', row: 'd' }, 'Alice')
    expect(() => installation.open({ table: 'a', column: 'bc', row: 'd' }, sealed)).toThrow()
    expect(() => installation.open({ table: 'ab","c', column: 'd', row: '' }, sealed)).toThrow()
  })

  it('does not open under the key of another owner', async () => {
    const cipher = await open()
    const { key } = await cipher.createKey(alice)
    const { key: other } = await cipher.createKey({ kind: 'user', userId: 'bob' })
    const sealed = key.seal(nameOfAlice, 'Alice')
    expect(() => other.open(nameOfAlice, sealed)).toThrow('altered, moved, or sealed under another key')
    expect(() => cipher.installation.open(nameOfAlice, sealed)).toThrow('altered, moved, or sealed under another key')
  })

  it('is bound to its owner beside the key', () => {
    const secret = randomBytes(32)
    const bob: KeyOwner = { kind: 'user', userId: 'bob' }
    const sealed = dataKeyOf(alice, createSecretKey(secret)).seal(nameOfAlice, 'Alice')
    for (const other of [bob, acme, { kind: 'workspace', workspaceId: 'alice' }, { kind: 'installation' }] as const) {
      expect(() => dataKeyOf(other, createSecretKey(secret)).open(nameOfAlice, sealed)).toThrow(
        'altered, moved, or sealed under another key',
      )
    }
  })

  it('says nothing of its content where it fails', async () => {
    const { installation } = await open()
    const sealed = installation.seal(nameOfAlice, 'Alice in Wonderland')
    expect(() => installation.open({ ...nameOfAlice, row: 'bob' }, sealed)).toThrow(/^(?!.*Wonderland)/)
    expect(sealed.includes('Wonderland')).toBe(false)
  })
})

describe("an owner's key", () => {
  it.each([alice, acme])('of a $kind opens after a restart what was sealed before', async owner => {
    const installationKeys = keepInstallationKey()
    const { wrapped, key } = await (await open(installationKeys)).createKey(owner)
    const sealed = key.seal(nameOfAlice, 'Alice')
    const restarted = await (await open(installationKeys)).keyFor(owner, async () => wrapped)
    expect(restarted.open(nameOfAlice, sealed)).toBe('Alice')
  })

  it('is of no use to another owner, though the row be copied', async () => {
    const cipher = await open()
    for (const owner of [alice, acme]) {
      const { wrapped } = await cipher.createKey(owner)
      await expect(cipher.keyFor({ kind: 'user', userId: 'mallory' }, async () => wrapped)).rejects.toThrow()
      await expect(cipher.keyFor({ kind: 'workspace', workspaceId: 'mallory' }, async () => wrapped)).rejects.toThrow()
    }
  })

  it('is of no use in another installation', async () => {
    const { wrapped } = await (await open()).createKey(alice)
    await expect((await open()).keyFor(alice, async () => wrapped)).rejects.toThrow()
  })

  it('is unwrapped once for any number of callers at once, and held', async () => {
    let unwraps = 0
    const counting: KeyWrapper = {
      ...keyWrapper,
      unwrap: (...given) => {
        unwraps++
        return keyWrapper.unwrap(...given)
      },
    }
    const cipher = await openEnvelope({ keyWrapper: counting, installationKeys: keepInstallationKey(), clock: systemClock })
    const { wrapped, key } = await cipher.createKey(acme)
    const sealed = key.seal(nameOfAlice, 'Alice')
    unwraps = 0
    const keys = await Promise.all(Array.from({ length: 50 }, () => cipher.keyFor(acme, async () => wrapped)))
    expect(keys.map(each => each.open(nameOfAlice, sealed))).toEqual(Array.from({ length: 50 }, () => 'Alice'))
    await cipher.keyFor(acme, never)
    expect(unwraps).toBe(1)
  })

  it('is loaded by each caller for itself: a load may be waiting for the locks of another caller', async () => {
    const cipher = await open()
    const { wrapped } = await cipher.createKey(alice)
    let release = () => {}
    const stuck = cipher.keyFor(alice, () => new Promise<Buffer>(resolve => (release = () => resolve(wrapped))))
    await cipher.keyFor(alice, async () => wrapped)
    release()
    await expect(stuck).resolves.toBeDefined()
  })

  it('is loaded by the second caller where the first one may not see it', async () => {
    const cipher = await open()
    const { wrapped } = await cipher.createKey(alice)
    const [first, second] = await Promise.allSettled([
      cipher.keyFor(alice, async () => undefined),
      cipher.keyFor(alice, async () => wrapped),
    ])
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled'])
  })

  it('is gone with the row that held it, as soon as the cache lets go of it', async () => {
    let now = new Date('2030-01-01T00:00:00Z')
    const cipher = await open(keepInstallationKey(), { clock: () => now })
    const { wrapped } = await cipher.createKey(alice)
    const erased = async () => undefined
    await cipher.keyFor(alice, async () => wrapped)
    now = new Date('2030-01-01T00:00:59Z')
    await cipher.keyFor(alice, erased)
    now = new Date('2030-01-01T00:01:01Z')
    await expect(cipher.keyFor(alice, erased)).rejects.toThrow(AppError)
    await expect(cipher.keyFor(alice, erased)).rejects.toMatchObject({ code: 'not-found' })
    // An absence is not remembered.
    await cipher.keyFor(alice, async () => wrapped)
  })

  it('makes room for others where many are in use', async () => {
    const cipher = await open(keepInstallationKey(), { keys: 2 })
    for (const userId of ['one', 'two', 'three']) {
      const { wrapped } = await cipher.createKey({ kind: 'user', userId })
      await cipher.keyFor({ kind: 'user', userId }, async () => wrapped)
    }
    await cipher.keyFor({ kind: 'user', userId: 'three' }, never)
    await expect(cipher.keyFor({ kind: 'user', userId: 'one' }, async () => undefined)).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('that was only looked at in a list pushes nobody else out', async () => {
    const cipher = await open(keepInstallationKey(), { keys: 1 })
    const { wrapped } = await cipher.createKey(alice)
    await cipher.keyFor(alice, async () => wrapped)
    const { wrapped: wrappedOfBob, key } = await cipher.createKey({ kind: 'user', userId: 'bob' })
    const sealed = key.seal(nameOfAlice, 'Bob')
    expect(cipher.userKeyOf('bob', wrappedOfBob).open(nameOfAlice, sealed)).toBe('Bob')
    await cipher.keyFor(alice, never)
    await expect(cipher.keyFor({ kind: 'user', userId: 'bob' }, async () => undefined)).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('is that of the row in a list, whatever is held', async () => {
    const cipher = await open()
    const { wrapped, key } = await cipher.createKey(alice)
    await cipher.keyFor(alice, async () => wrapped)
    const renewed = await cipher.keyrings.addGeneration(alice, wrapped, new Date(0))
    const sealed = (await cipher.keyrings.openKeyring(alice, renewed.wrapped)).seal(nameOfAlice, 'Alice')
    expect(cipher.userKeyOf('alice', renewed.wrapped).open(nameOfAlice, sealed)).toBe('Alice')
    expect(cipher.userKeyOf('alice', wrapped).open(nameOfAlice, key.seal(nameOfAlice, 'Alice'))).toBe('Alice')
    expect(() => cipher.userKeyOf('bob', wrapped)).toThrow('altered, moved, or sealed under another key')
  })

  it('made for a transaction that was undone is not held', async () => {
    const cipher = await open()
    const { wrapped: undone } = await cipher.createKey(alice)
    await cipher.keyFor(alice, async () => undone)
    const { wrapped, key } = await cipher.createKey(alice)
    const kept = await cipher.keyFor(alice, async () => wrapped)
    expect(kept.open(nameOfAlice, key.seal(nameOfAlice, 'Alice'))).toBe('Alice')
  })
})

describe("the installation's key", () => {
  it('is made at the first start and stored wrapped, once for two first starts', async () => {
    const installationKeys = keepInstallationKey()
    const [one, two] = await Promise.all([open(installationKeys), open(installationKeys)])
    expect(two.installation.open(nameOfAlice, one.installation.seal(nameOfAlice, 'Alice'))).toBe('Alice')
    expect(installationKeys.kept?.length).toBeGreaterThan(32)
  })

  it('stops the start, and says which master key is missing, where the key file is another one', async () => {
    const installationKeys = keepInstallationKey()
    await open(installationKeys)
    const other = await openKeyFile({ path: join(folder, 'other.key') })
    const start = openEnvelope({ keyWrapper: other, installationKeys, clock: systemClock })
    await expect(start).rejects.toThrow(StartError)
    await expect(start).rejects.toThrow(/fingerprint [0-9a-f]{16}/)
  })

  it('stops the start where it was damaged, exchanged or cut', async () => {
    const kept = await keyWrapper.wrap(randomBytes(32), 'installation')
    const damaged = Buffer.from(kept)
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1
    const exchanged = await keyWrapper.wrap(randomBytes(32), 'workspace:acme')
    const short = await keyWrapper.wrap(randomBytes(16), 'installation')
    for (const wrapped of [damaged, exchanged, short, Buffer.alloc(0)]) {
      await expect(open(keepInstallationKey(wrapped))).rejects.toThrow(StartError)
    }
  })
})

describe('a blind index', () => {
  const purposes: BlindIndexPurpose[] = ['email-address', 'rate-limit', 'code', 'recovery-code', 'cookie-signature']

  it('is the same for the same value on every node, and another one for each value and purpose', async () => {
    const installationKeys = keepInstallationKey()
    const one = await open(installationKeys)
    const two = await open(installationKeys)
    fc.assert(
      fc.property(fc.uniqueArray(text, { minLength: 2, maxLength: 5 }), values => {
        const indexes = purposes.flatMap(purpose => values.map(value => one.blindIndex(purpose, value).toString('hex')))
        expect(new Set(indexes).size).toBe(indexes.length)
        expect(purposes.flatMap(purpose => values.map(value => two.blindIndex(purpose, value).toString('hex')))).toEqual(indexes)
      }),
    )
  })

  it('cannot be computed elsewhere', async () => {
    const [one, two] = [await open(), await open()]
    expect(one.blindIndex('email-address', 'alice@example.com')).not.toEqual(two.blindIndex('email-address', 'alice@example.com'))
  })
})
