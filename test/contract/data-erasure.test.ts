import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSqlData } from '../../adapters/sql/data.ts'
import { protections } from '../../adapters/sql/protection.ts'
import { newId } from '../../provider/kernel/ids.ts'
import type { DataKey } from '../../provider/ports/field-cipher.ts'
import { type DurableState, databaseKinds, openDurableState } from '../support/durable-state.ts'
import { anEvent, asJob, asSystem, asUser, createUser, noon } from '../support/records.ts'
import { eraseWhole } from '../support/deletion.ts'
import { plantTenant, type Tenant } from '../support/tenants.ts'

describe.each(databaseKinds)('the erasure of a person on %s', kind => {
  let state: DurableState
  let erased: Tenant
  let other: Tenant
  let personalWorkspaceId: string
  let sharedWorkspaceId: string
  beforeAll(async () => {
    state = await openDurableState(kind)
    erased = await plantTenant(state.data)
    other = await plantTenant(state.data)
    personalWorkspaceId = await createPersonalWorkspace(erased.user.id)
    sharedWorkspaceId = await createPersonalWorkspace(erased.user.id, other.user.id)
    await eraseWhole(state.data, erased.user.id)
  })
  afterAll(() => state?.close())

  async function createPersonalWorkspace(...userIds: string[]): Promise<string> {
    const id = newId()
    await state.data.scoped(asSystem, async ({ workspaces }) => {
      await workspaces.create({ id, slug: `personal-${id}`, name: 'Personal', personal: true, createdAt: noon })
      for (const userId of userIds) await workspaces.addMember({ workspaceId: id, userId, roles: ['admin'], createdAt: noon })
    })
    return id
  }

  const dump = (table: string) =>
    state.database.read(asJob, async scope => {
      const { rows } = await scope.query(`select row_to_json(t)::text as line from latchkey.${table} as t`)
      return rows.map(({ line }) => String(line))
    })

  it('leaves no row of theirs but what was recorded, and every row of others', async () => {
    const { user, attempt, challenge, session, grant, privateGrant, passkey, totpDevice, recoveryCode } = erased
    const marks = [user.id, attempt.id, challenge.id, session.uid, grant.id, privateGrant.id, passkey.id, totpDevice.id]
    marks.push(recoveryCode.id, erased.upstreamIdentity.id, erased.addressClaim.id, erased.otherAddress.id, personalWorkspaceId)
    for (const address of [user.address, erased.otherAddress.address]) {
      marks.push(state.cipher.blindIndex('email-address', address).toString('hex'))
    }
    for (const table of Object.keys(protections)) {
      const lines = (await dump(table)).join('\n')
      const found = marks.filter(mark => lines.includes(mark))
      // What refers to somebody who is gone: what was recorded of them, and of the workspace that was theirs alone.
      expect([table, found]).toEqual([table, table === 'audit_events' ? [user.id, personalWorkspaceId] : []])
      const seen = await state.database.read(asUser(other.user.id), async scope => {
        const rights = protections[table as keyof typeof protections].self
        return rights?.rights.includes('select') !== true ? undefined : (await scope.query(`select from latchkey.${table}`)).count
      })
      expect([table, seen]).not.toEqual([table, 0])
    }
    expect((await dump('workspaces')).join()).toContain(sharedWorkspaceId)
  })

  it('says in the log of the installation whose keys are gone, and nothing else of them', async () => {
    const said = await state.database.read(asSystem, async scope => {
      const text = `select action, target, user_id from latchkey.audit_events
        where action in ('account.erased', 'workspace.deleted', 'workspace.key-destroyed') and workspace_id is null order by action`
      return (await scope.query(text)).rows
    })
    expect(said).toEqual([
      { action: 'account.erased', target: `user:${erased.user.id}`, user_id: null },
      { action: 'workspace.deleted', target: `workspace:${personalWorkspaceId}`, user_id: null },
      { action: 'workspace.key-destroyed', target: `workspace:${personalWorkspaceId}`, user_id: null },
    ])
  })

  it('finds nothing of theirs any more, and takes their address again', async () => {
    const { user, session, passkey, upstreamIdentity } = erased
    await state.data.read(asSystem, async repositories => {
      expect(await repositories.users.findById(user.id)).toBeUndefined()
      expect(await repositories.users.findByAddress(user.address)).toBeUndefined()
      expect(await repositories.sessions.findByUid(session.uid)).toBeUndefined()
      expect(await repositories.passkeys.findByCredentialId(passkey.credentialId)).toBeUndefined()
      const { connection, issuer, subject } = upstreamIdentity
      expect(await repositories.upstreamIdentities.find(connection, issuer, subject)).toBeUndefined()
      expect(await repositories.auditEvents.listForUser(user.id, ['session.created'], 10)).toEqual([])
    })
    const id = newId()
    await state.data.scoped(asSystem, ({ users }) => users.create({ id, address: user.address, locale: 'en', createdAt: noon }))
    expect((await state.data.read(asSystem, ({ users }) => users.findByAddress(user.address)))?.id).toBe(id)
  })

  it('leaves nothing that opens what was recorded, in this process or after a restart', async () => {
    const sealed = await state.database.read(asSystem, async scope => {
      const { rows } = await scope.query('select id, disclosures_sealed from latchkey.audit_events where user_id = $1', [
        erased.user.id,
      ])
      return rows.map(row => ({ id: String(row['id']), bytes: row['disclosures_sealed'] as Buffer }))
    })
    expect(sealed.length).toBeGreaterThan(0)
    const loadNothing = () => Promise.resolve(undefined)
    for (const cipher of [state.cipher, await state.openCipher()]) {
      await expect(cipher.keyFor({ kind: 'user', userId: erased.user.id }, loadNothing)).rejects.toMatchObject({
        code: 'not-found',
      })
      const others = await cipher.keyFor({ kind: 'user', userId: other.user.id }, async () => {
        const { rows } = await state.database.read(asSystem, scope =>
          scope.query('select wrapped from latchkey.user_keys where user_id = $1', [other.user.id]),
        )
        return rows[0]?.['wrapped'] as Buffer
      })
      for (const key of [others, cipher.installation] satisfies DataKey[]) {
        for (const { id, bytes } of sealed) {
          expect(() => key.open({ table: 'audit_events', column: 'disclosures', row: id }, bytes)).toThrow()
        }
      }
    }
  })

  it('can say nothing about them afterwards that would be kept readable', async () => {
    const append = () =>
      state.data.scoped(asSystem, ({ auditEvents }) => auditEvents.append([anEvent({ userId: erased.user.id })]))
    await expect(append()).rejects.toMatchObject({ code: 'not-found' })
  })

  it('is undone as a whole where its transaction is, the key in use included', async () => {
    const user = await createUser(state.data)
    class Undo extends Error {}
    await expect(
      state.data.scoped(asSystem, async ({ accounts }) => {
        await accounts.erase(user.id, noon, 100)
        throw new Undo()
      }),
    ).rejects.toThrow(Undo)
    const elsewhere = createSqlData(state.database, await state.openCipher())
    for (const data of [state.data, elsewhere]) {
      expect(await data.read(asSystem, ({ users }) => users.findById(user.id))).toMatchObject({ address: user.address })
    }
  })

  it('is not for a person themselves to run, nor twice of consequence', async () => {
    const user = await createUser(state.data)
    await expect(state.data.scoped(asUser(user.id), ({ accounts }) => accounts.erase(user.id, noon, 100))).rejects.toMatchObject({
      code: 'forbidden',
    })
    for (const userId of [erased.user.id, 'not-an-id']) {
      await state.data.scoped(asSystem, ({ accounts }) => accounts.erase(userId, noon, 100))
    }
    expect(await state.data.read(asSystem, ({ users }) => users.findById(user.id))).toBeDefined()
  })
})
