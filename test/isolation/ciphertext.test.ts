import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { protections } from '../../adapters/sql/protection.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { newSecret } from '../../provider/kernel/secrets.ts'
import type { Repositories } from '../../provider/ports/repositories.ts'
import { type DurableState, openDurableState } from '../support/durable-state.ts'
import {
  anAddressClaim,
  anAttempt,
  anEvent,
  anUpstreamIdentity,
  aPasskey,
  aSession,
  aSigningKey,
  asJob,
  asSystem,
  aTotpDevice,
  createUser,
  newAddress,
  noon,
} from '../support/records.ts'

/** Values that nothing else in a database could be by chance. */
const planted = {
  address: `ada.${newSecret()}@planted.example`,
  otherAddress: `grace.${newSecret()}@planted.example`,
  workspaceName: `Planted ${newSecret()} Ltd`,
  device: `Planted device ${newSecret()}`,
  ip: `2001:db8::${newId()}`,
  hint: `hint.${newSecret()}@planted.example`,
  disclosure: `Planted disclosure ${newSecret()}`,
  privateKey: newSecret(),
  mail: `Planted mail ${newSecret()}`,
  place: `Planted place ${newSecret()}`,
  name: `Planted name ${newSecret()}`,
  claimed: `claimed.${newSecret()}@planted.example`,
  added: `added.${newSecret()}@planted.example`,
  passkeyName: `Planted passkey ${newSecret()}`,
  deviceName: `Planted generator ${newSecret()}`,
  generatorSecret: newSecret(),
  subject: `Planted subject ${newSecret()}`,
  upstreamAddress: `upstream.${newSecret()}@planted.example`,
  laterAddress: `later.${newSecret()}@planted.example`,
  tenant: `Planted tenant ${newSecret()}`,
}

async function plantWaysIn({ accounts, passkeys, totpDevices, upstreamIdentities }: Repositories, userId: string): Promise<void> {
  await accounts.changeName(userId, planted.name)
  await accounts.addAddress({ id: newId(), userId, address: planted.added, verifiedAt: noon })
  await accounts.replaceAddressClaim(anAddressClaim(userId, { address: planted.claimed }))
  const passkey = aPasskey(userId, { name: 'Before' })
  await passkeys.create(passkey)
  await passkeys.rename(userId, passkey.id, planted.passkeyName)
  const device = aTotpDevice(userId, { name: 'Before', secret: Buffer.from(planted.generatorSecret) })
  await totpDevices.create(device)
  await totpDevices.rename(userId, device.id, planted.deviceName)
  const { subject, tenant, upstreamAddress, laterAddress } = planted
  const identity = anUpstreamIdentity(userId, { subject, address: upstreamAddress, pinned: { tid: tenant } })
  await upstreamIdentities.create(identity)
  await upstreamIdentities.recordUse(userId, identity.id, { address: laterAddress, usedAt: noon })
}

describe.each(['embedded', 'postgres'] as const)('what a stolen backup shows, on %s', kind => {
  let state: DurableState
  let userId: string
  beforeAll(async () => {
    state = await openDurableState(kind)
    userId = newId()
    const workspaceId = newId()
    await state.data.scoped(asSystem, async repositories => {
      await repositories.users.create({ id: userId, address: planted.address, locale: 'en', createdAt: noon })
      await repositories.workspaces.create({
        id: workspaceId,
        slug: `w-${workspaceId}`,
        name: planted.workspaceName,
        personal: true,
        createdAt: noon,
      })
      const { address, otherAddress, device, ip, hint } = planted
      const attempt = anAttempt({
        address: otherAddress,
        device,
        ip,
        request: { login_hint: hint },
        proofs: [{ method: 'email', subject: { kind: 'address', address: otherAddress }, factors: [], at: 0 }],
      })
      await repositories.attempts.create(attempt)
      await repositories.attempts.transition(attempt.id, 'open', 'satisfied', {
        address: hint,
        proofs: [{ method: 'email', subject: { kind: 'address', address }, factors: [], at: 0 }],
      })
      await repositories.codeFailures.increment(otherAddress, noon)
      await repositories.sessions.create(aSession(userId, { device, ip, place: planted.place }))
      await plantWaysIn(repositories, userId)
      await repositories.signingKeys.insert(aSigningKey({ privateJwk: { kty: 'EC', d: planted.privateKey } }))
      const disclosures = { what: { salt: newSecret(), value: planted.disclosure } }
      await repositories.auditEvents.append([
        anEvent({ disclosures }),
        anEvent({ disclosures, userId }),
        anEvent({ disclosures, workspaceId }),
      ])
      await repositories.jobs.enqueue('mail', {
        message: {
          messageId: 'planted@example.com',
          to: { name: planted.mail, address: otherAddress },
          subject: planted.mail,
          text: planted.mail,
          html: planted.mail,
          language: 'en',
        },
      })
    })
  })
  afterAll(() => state?.close())

  function findPlanted(text: string): string[] {
    return Object.entries(planted)
      .filter(([, value]) => {
        const bytes = Buffer.from(value)
        return [
          value,
          bytes.toString('hex'),
          bytes.toString('base64url').slice(0, -4),
          bytes.toString('base64').slice(0, -4),
        ].some(form => text.includes(form))
      })
      .map(([name]) => name)
  }

  it('shows no personal value and no secret in any table', async () => {
    const lines: unknown[] = []
    await state.database.read(asJob, async scope => {
      for (const table of Object.keys(protections)) {
        const { rows } = await scope.query(`select row_to_json(t)::text as line from latchkey.${table} as t`)
        lines.push(...rows.map(({ line }) => line))
      }
    })
    const { rows } = await state.execute('select row_to_json(t)::text as line from latchkey_jobs.job as t')
    expect(rows).toHaveLength(1)
    expect(findPlanted([...lines, ...rows.map(({ line }) => line)].join('\n'))).toEqual([])
    // The search finds what is there.
    expect(findPlanted(`${lines.join()} ${Buffer.from(planted.ip).toString('hex')}`)).toEqual(['ip'])
  })

  it('opens again what it keeps', async () => {
    const found = await state.data.read(asSystem, ({ users }) => users.findByAddress(planted.address))
    expect(found).toMatchObject({ id: userId, address: planted.address })
  })

  it('shows nothing any more of a user whose key was destroyed', async () => {
    const user = await createUser(state.data)
    const session = aSession(user.id)
    await state.data.scoped(asSystem, ({ sessions }) => sessions.create(session))
    await asTableOwner('user_keys', `delete from latchkey.user_keys where user_id = '${user.id}'`)
    await state.data.read(asSystem, async ({ users, sessions }) => {
      expect(await users.findById(user.id)).toBeUndefined()
      expect(await users.findByAddress(user.address)).toBeUndefined()
      expect(await sessions.findByUid(session.uid)).toBeUndefined()
      expect(await sessions.listForUser(user.id)).toEqual([])
    })
  })

  it('refuses a ciphertext that was moved to another row or another user', async () => {
    const [user, other] = [await createUser(state.data), await createUser(state.data)]
    const move = (table: string, column: string, key: string, from: string, to: string) =>
      asTableOwner(
        table,
        `update latchkey.${table} set ${column} = (select ${column} from latchkey.${table} where ${key} = '${from}') where ${key} = '${to}'`,
      )
    await move('user_addresses', 'address_sealed', 'user_id', other.id, user.id)
    await expect(state.data.read(asSystem, ({ users }) => users.findById(user.id))).rejects.toThrow()

    const [first, second] = [anAttempt(), anAttempt({ address: newAddress() })]
    await state.data.scoped(asSystem, async ({ attempts }) => {
      await attempts.create(first)
      await attempts.create(second)
    })
    await move('attempts', 'address_sealed', 'id', first.id, second.id)
    await expect(state.data.read(asSystem, ({ attempts }) => attempts.find(second.id))).rejects.toThrow()

    const [session, another] = [aSession(other.id), aSession(other.id)]
    await state.data.scoped(asSystem, async ({ sessions }) => {
      await sessions.create(session)
      await sessions.create(another)
    })
    await move('sessions', 'origin_sealed', 'uid', session.uid, another.uid)
    await expect(state.data.read(asSystem, ({ sessions }) => sessions.findByUid(another.uid))).rejects.toThrow()
  })

  it('refuses a name, a secret, an address or claims that were moved between rows of the same person', async () => {
    const { id } = await createUser(state.data)
    const [passkey, otherPasskey] = [aPasskey(id), aPasskey(id)]
    const [device, otherDevice] = [aTotpDevice(id), aTotpDevice(id)]
    const [identity, otherIdentity] = [anUpstreamIdentity(id), anUpstreamIdentity(id)]
    const claim = anAddressClaim(id)
    const added = { id: newId(), userId: id, address: newAddress(), verifiedAt: noon }
    await state.data.scoped(asSystem, async ({ accounts, passkeys, totpDevices, upstreamIdentities }) => {
      for (const each of [passkey, otherPasskey]) await passkeys.create(each)
      for (const each of [device, otherDevice]) await totpDevices.create(each)
      for (const each of [identity, otherIdentity]) await upstreamIdentities.create(each)
      await accounts.replaceAddressClaim(claim)
      await accounts.addAddress(added)
      await accounts.changeName(id, 'Ada')
    })
    const lists: Record<string, (repositories: Repositories) => Promise<unknown>> = {
      passkeys: ({ passkeys }) => passkeys.listForUser(id),
      totp_devices: ({ totpDevices }) => totpDevices.listForUser(id),
      upstream_identities: ({ upstreamIdentities }) => upstreamIdentities.listForUser(id),
      address_claims: ({ accounts }) => accounts.findAddressClaim(id),
      user_addresses: ({ accounts }) => accounts.listAddresses(id),
      users: ({ users }) => users.findById(id),
    }
    for (const [table, column, from, to] of [
      ['passkeys', 'name_sealed', ['passkeys', 'name_sealed', otherPasskey.id], passkey.id],
      ['totp_devices', 'name_sealed', ['totp_devices', 'name_sealed', otherDevice.id], device.id],
      ['totp_devices', 'secret_sealed', ['totp_devices', 'secret_sealed', otherDevice.id], device.id],
      // Between columns of one row, too.
      ['totp_devices', 'name_sealed', ['totp_devices', 'secret_sealed', device.id], device.id],
      ['upstream_identities', 'claims_sealed', ['upstream_identities', 'claims_sealed', otherIdentity.id], identity.id],
      // What was claimed is not verified by being moved.
      ['user_addresses', 'address_sealed', ['address_claims', 'address_sealed', claim.id], added.id],
      ['address_claims', 'address_sealed', ['user_addresses', 'address_sealed', added.id], claim.id],
      ['users', 'name_sealed', ['passkeys', 'name_sealed', passkey.id], id],
    ] as const) {
      const list = () => state.data.read(asSystem, repositories => lists[table]?.(repositories) ?? Promise.resolve())
      await expect(list(), table).resolves.toBeDefined()
      const before = await read(table, column, to)
      await write(table, column, to, await read(from[0], from[1], from[2]))
      await expect(list(), `${table}.${column}`).rejects.toThrow()
      await write(table, column, to, before)
      await expect(list(), table).resolves.toBeDefined()
    }
  })

  async function read(table: string, column: string, id: string): Promise<Buffer> {
    const { rows } = await state.database.read(asSystem, scope =>
      scope.query(`select ${column} as sealed from latchkey.${table} where id = $1`, [id]),
    )
    return rows[0]?.['sealed'] as Buffer
  }

  const write = (table: string, column: string, id: string, sealed: Buffer) =>
    asTableOwner(table, `update latchkey.${table} set ${column} = '\\x${sealed.toString('hex')}' where id = '${id}'`)

  it('keeps the same value under another ciphertext each time, and finds it by a hash that needs the key', async () => {
    const address = newAddress()
    await state.data.scoped(asSystem, async ({ attempts }) => {
      for (let count = 0; count < 3; count += 1) await attempts.create(anAttempt({ address, locale: 'xx-same' }))
    })
    await state.database.read(asSystem, async scope => {
      const attempts = await scope.query(`select address_sealed as sealed from latchkey.attempts where locale = 'xx-same'`)
      expect(new Set(attempts.rows.map(({ sealed }) => String(sealed))).size).toBe(3)
      const { rows } = await scope.query(
        'select address_index as index from latchkey.user_addresses where user_id = $1 and is_primary',
        [userId],
      )
      expect(rows).toEqual([{ index: state.cipher.blindIndex('email-address', planted.address) }])
    })
  })

  /** Going round the policies, as whoever steals the database does. */
  async function asTableOwner(table: string, statement: string): Promise<void> {
    await state.database.asOwner(owner =>
      owner.execute(`begin; alter table latchkey.${table} no force row level security; ${statement};
        alter table latchkey.${table} force row level security; commit`),
    )
  }
})

describe('the files of the embedded database', () => {
  it('hold no personal value, the write-ahead log included', async () => {
    const state = await openDurableState('embedded')
    try {
      const address = newAddress()
      await state.data.scoped(asSystem, ({ users }) =>
        users.create({ id: newId(), address, locale: 'xx-planted', createdAt: noon }),
      )
      const files = await readdir(state.directory, { recursive: true, withFileTypes: true })
      let found = 0
      let seen = 0
      for (const file of files.filter(entry => entry.isFile())) {
        const bytes = await readFile(join(file.parentPath, file.name))
        if (bytes.includes(address)) found += 1
        if (bytes.includes('xx-planted')) seen += 1
      }
      expect(seen).toBeGreaterThan(0)
      expect(found).toBe(0)
    } finally {
      await state.close()
    }
  })
})
