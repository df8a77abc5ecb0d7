import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { protections } from '../../adapters/sql/protection.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { newSecret } from '../../provider/kernel/secrets.ts'
import { type DurableState, openDurableState } from '../support/durable-state.ts'
import { anAttempt, anEvent, aSession, aSigningKey, asSystem, createUser, newAddress, noon } from '../support/records.ts'

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
      await repositories.sessions.create(aSession(userId, { device, ip }))
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
    await state.database.read(asSystem, async scope => {
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

  it('keeps the same value under another ciphertext each time, and finds it by a hash that needs the key', async () => {
    const address = newAddress()
    await state.data.scoped(asSystem, async ({ attempts }) => {
      for (let count = 0; count < 3; count += 1) await attempts.create(anAttempt({ address, locale: 'xx-same' }))
    })
    await state.database.read(asSystem, async scope => {
      const attempts = await scope.query(`select address_sealed as sealed from latchkey.attempts where locale = 'xx-same'`)
      expect(new Set(attempts.rows.map(({ sealed }) => String(sealed))).size).toBe(3)
      const { rows } = await scope.query('select address_index as index from latchkey.user_addresses where user_id = $1', [
        userId,
      ])
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
