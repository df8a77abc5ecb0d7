import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKeyFile } from '../../adapters/kms/key-file.ts'
import { openEnvelope } from '../../provider/envelope/envelope.ts'
import { addNewest, firstGeneration, readKeyring, writeKeyring } from '../../provider/envelope/keyring.ts'
import { newKeyBytes } from '../../provider/envelope/key-bytes.ts'
import { AppError } from '../../provider/kernel/errors.ts'
import type { KeyWrapper } from '../../provider/ports/key-wrapper.ts'
import { keepInstallationKey } from '../support/installation-key.ts'

const acme = { kind: 'workspace', workspaceId: 'acme' } as const
const place = { table: 'workspaces', column: 'name', row: 'acme' }

describe('a keyring, as it is kept', () => {
  it('is the key alone while there is one, as it was before there were others', () => {
    const key = newKeyBytes()
    expect(writeKeyring(firstGeneration(key))).toEqual(key)
    expect(readKeyring(key)).toEqual(firstGeneration(key))
  })

  it('keeps what it was given, the newest first, and never gives a number again', () => {
    const soon = new Date('2030-01-01T00:05:00.123Z')
    const two = addNewest(firstGeneration(newKeyBytes()), soon)
    expect(readKeyring(writeKeyring(two))).toEqual(two)
    expect(two.map(({ number }) => number)).toEqual([2, 1])
    const newest = two.slice(0, 1)
    expect(readKeyring(writeKeyring(newest))).toEqual(newest)
    expect(addNewest(newest, soon).map(({ number }) => number)).toEqual([3, 2])
  })

  it.each([0, 1, 31, 33, 41, 43, 85])('of %i bytes is none', length => {
    expect(() => readKeyring(Buffer.alloc(length))).toThrow('no keyring')
  })
})

describe('an owner whose key is renewed', () => {
  let folder: string
  let file: KeyWrapper
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latchkey-keyrings-'))
    file = await openKeyFile({ path: join(folder, 'master.key') })
  })
  afterAll(() => rm(folder, { recursive: true }))

  const start = new Date('2030-01-01T00:00:00Z')
  const later = new Date('2030-01-01T00:06:00Z')

  async function openAt(moment: { now: Date }, keyWrapper = file, installationKeys = keepInstallationKey()) {
    return openEnvelope({ keyWrapper, installationKeys, clock: () => moment.now, cache: { keys: 10, seconds: 3600 } })
  }

  it('is sealed for under the old key until the new one is due, and opens under either', async () => {
    const moment = { now: start }
    const cipher = await openAt(moment)
    const { wrapped, key } = await cipher.createKey(acme)
    const old = key.seal(place, 'Acme')
    const renewed = await cipher.keyrings.addGeneration(acme, wrapped, later)
    expect(renewed.generation).toBe(2)
    const ring = await cipher.keyFor(acme, async () => renewed.wrapped)
    expect(ring.seal(place, 'Acme')[0]).toBe(1)
    moment.now = later
    const sealed = ring.seal(place, 'Acme')
    expect([...sealed.subarray(0, 5)]).toEqual([2, 0, 0, 0, 2])
    expect([ring.open(place, old), ring.open(place, sealed)]).toEqual(['Acme', 'Acme'])
    expect(() => key.open(place, sealed)).toThrow('generation 2 of a key, which is gone')
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const altered = Buffer.from(sealed)
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => ring.open(place, altered)).toThrow()
    }
    const last = await cipher.keyrings.openKeyring(acme, await cipher.keyrings.dropOldGenerations(acme, renewed.wrapped))
    expect(last.open(place, sealed)).toBe('Acme')
    expect(() => last.open(place, old)).toThrow('generation 1 of a key, which is gone')
  })

  it('is read anew where what was just read of the database is another keyring, and not again for the same', async () => {
    const moment = { now: later }
    let unwraps = 0
    const counting: KeyWrapper = {
      ...file,
      unwrap: (...given) => {
        unwraps += 1
        return file.unwrap(...given)
      },
    }
    const cipher = await openAt(moment, counting)
    const { wrapped } = await cipher.createKey(acme)
    const held = await cipher.keyFor(acme, async () => wrapped, wrapped)
    const renewed = await cipher.keyrings.addGeneration(acme, wrapped, start)
    const sealed = (await cipher.keyrings.openKeyring(acme, renewed.wrapped)).seal(place, 'Acme')
    expect(() => held.open(place, sealed)).toThrow()
    unwraps = 0
    for (let count = 0; count < 3; count += 1) {
      const key = await cipher.keyFor(acme, async () => expect.fail('it was at hand'), renewed.wrapped)
      expect(key.open(place, sealed)).toBe('Acme')
    }
    expect(unwraps).toBe(1)
  })

  it('goes on with the key at hand where the service is away', async () => {
    let away = false
    const failing: KeyWrapper = {
      ...file,
      unwrap: async (...given) => {
        if (away) throw new AppError('unavailable')
        return file.unwrap(...given)
      },
    }
    const cipher = await openAt({ now: start }, failing)
    const { wrapped } = await cipher.createKey(acme)
    const sealed = (await cipher.keyFor(acme, async () => wrapped)).seal(place, 'Acme')
    const { wrapped: rewrapped } = await cipher.keyrings.addGeneration(acme, wrapped, later)
    away = true
    expect((await cipher.keyFor(acme, async () => rewrapped, rewrapped)).open(place, sealed)).toBe('Acme')
    cipher.forgetKey(acme)
    await expect(cipher.keyFor(acme, async () => rewrapped, rewrapped)).rejects.toMatchObject({ code: 'unavailable' })
  })
})
