import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { currentKeys } from '../../provider/keys/current-keys.ts'
import { ensureSigningKey, rotateSigningKey, timingFor } from '../../provider/keys/rotation.ts'
import { secondsAfter, systemClock } from '../../provider/kernel/clock.ts'
import { type Node, type Nodes, openNodes } from '../support/nodes.ts'

const timing = timingFor({ sessionMaxSeconds: 30 * 86_400 })
const system = { kind: 'system', reason: 'doctor' } as const

describe.each(['embedded', 'postgres'] as const)('nodes on a database (%s)', kind => {
  let nodes: Nodes
  let started: Node[]
  beforeAll(async () => {
    nodes = await openNodes(kind)
    started = await Promise.all(Array.from({ length: 4 }, () => nodes.start()))
  })
  afterAll(() => nodes?.stop())

  const node = () => started[0] ?? expect.fail('no node')
  const dump = async () => {
    const { rows } = await nodes.database.read(system, scope =>
      scope.query('select k::text as line from latchkey.signing_keys k union all select e::text from latchkey.audit_events e'),
    )
    return rows.map(({ line }) => String(line)).join('\n')
  }
  const listKeys = () => node().data.read(system, ({ signingKeys }) => signingKeys.list())

  it('that start for the first time at once agree on one installation key', () => {
    const place = { table: 'users', column: 'name', row: 'alice' }
    const sealed = node().cipher.installation.seal(place, 'Alice')
    for (const { cipher } of started) expect(cipher.installation.open(place, sealed)).toBe('Alice')
  })

  it('make one signing key between them', async () => {
    const seen = await Promise.all(started.map(({ data }) => ensureSigningKey(data, 'ES256', systemClock, timing)))
    expect(seen.map(keys => keys.length)).toEqual([1, 1, 1, 1])
    expect(new Set(seen.flat().map(({ kid }) => kid)).size).toBe(1)
    expect((await dump()).match(/signing-key\.created/g)).toHaveLength(1)
  })

  it('keep private keys as ciphertext alone', async () => {
    const [key] = await listKeys()
    const privatePart = String(key?.privateJwk['d'])
    expect(Buffer.from(privatePart, 'base64url')).toHaveLength(32)
    const everything = await dump()
    expect(everything).toContain(key?.kid)
    expect(everything).not.toContain(privatePart)
    expect(everything).not.toContain(Buffer.from(privatePart).toString('hex'))
  })

  it('rotate one after the other, and find the same keys after a restart', async () => {
    const rotated = await Promise.all(
      started
        .slice(0, 2)
        .map(({ data }) => rotateSigningKey(data, { algorithm: 'EdDSA', reason: 'command-line', clock: systemClock, timing })),
    )
    const keys = await listKeys()
    expect(keys).toHaveLength(3)
    expect(keys.filter(({ retiresAt }) => retiresAt === undefined)).toHaveLength(1)
    const later = secondsAfter(new Date(), 2 * 3600)
    expect(rotated.map(({ kid }) => kid)).toContain(currentKeys(keys, later)?.signing.kid)

    const { data } = await nodes.start()
    expect(await ensureSigningKey(data, 'EdDSA', systemClock, timing)).toEqual(keys)
  })

  it('delete a key whose end has come', async () => {
    const monthsLater = secondsAfter(new Date(), 90 * 24 * 3600)
    const keys = await ensureSigningKey(node().data, 'EdDSA', () => monthsLater, timing)
    expect(keys).toHaveLength(1)
    expect((await dump()).match(/signing-key\.removed/g)).toHaveLength(2)
  })
})
