import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKeyFile } from '../../adapters/kms/key-file.ts'
import { createSqlData } from '../../adapters/sql/data.ts'
import { createInstallationKeys } from '../../adapters/sql/installation-keys.ts'
import { sealedColumns } from '../../adapters/sql/sealed-columns.ts'
import { openEnvelope } from '../../provider/envelope/envelope.ts'
import type { Rounds } from '../../provider/kernel/rounds.ts'
import { startDataKeyRotation } from '../../provider/keys/data-key-rotation.ts'
import type { Data } from '../../provider/ports/data.ts'
import type { RotatableOwner } from '../../provider/ports/data-keys.ts'
import { type DurableState, openDurableState } from '../support/durable-state.ts'
import { createTestClock, type TestClock } from '../support/latchkey.ts'
import { aSession, asSystem } from '../support/records.ts'
import { plantTenant, type Tenant } from '../support/tenants.ts'

const heldSeconds = 300

describe.each(['embedded', 'postgres'] as const)('a new data key on %s', kind => {
  let state: DurableState
  let clock: TestClock
  /** Two processes on one database, each with its own keys at hand. */
  let data: Data
  let otherData: Data
  let renewing: Tenant
  let bystander: Tenant
  let working: Rounds
  const warnings: unknown[] = []

  beforeAll(async () => {
    state = await openDurableState(kind)
    clock = createTestClock()
    ;[data, otherData] = [await openProcess(), await openProcess()]
    renewing = await plantTenant(data)
    bystander = await plantTenant(data)
    // What it is about is asked for below.
    await state.database.transaction(asSystem, scope => scope.query('delete from latchkey.data_key_rotations'))
  })
  afterAll(async () => {
    await working?.stop()
    await state?.close()
  })

  async function openProcess(): Promise<Data> {
    const keyWrapper = await openKeyFile({ path: join(state.directory, 'master.key') })
    const installationKeys = createInstallationKeys(state.database)
    return createSqlData(state.database, await openEnvelope({ keyWrapper, installationKeys, clock: clock.now }))
  }

  function startWorking(on = data): Rounds {
    const log = {
      debug() {},
      info() {},
      warn: (...said: unknown[]) => void warnings.push(said),
      error: (...said: unknown[]) => void warnings.push(said),
    }
    const telemetry = { log, count() {} } as unknown as Parameters<typeof startDataKeyRotation>[0]['telemetry']
    return startDataKeyRotation({ data: on, clock: clock.now, telemetry, heldSeconds, intervalMilliseconds: 5 })
  }

  /** A process that is killed after so many transactions. */
  function dyingAfter(steps: number): Data {
    let taken = 0
    return {
      ...data,
      scoped: async (mode, work) => {
        taken += 1
        if (taken > steps) throw new Error('the process is gone')
        return data.scoped(mode, work)
      },
    }
  }

  const query = async (text: string, values: unknown[] = []) =>
    (await state.database.read(asSystem, scope => scope.query(text, values))).rows

  const progress = () => data.read(asSystem, ({ dataKeys }) => dataKeys.countRotations())

  /** How many of the owner's ciphertexts are of the first generation. */
  async function countFirst(tenant: Tenant): Promise<number> {
    let count = 0
    for (const { table, column, owner, ownerColumn } of sealedColumns) {
      const theirs =
        owner === 'subject'
          ? `user_id = '${tenant.user.id}' or (user_id is null and workspace_id = '${tenant.workspace.id}')`
          : `${ownerColumn ?? 'null'}::text = '${owner === 'user' ? tenant.user.id : tenant.workspace.id}'`
      const [row] = await query(
        `select count(*)::int as count from latchkey.${table} where get_byte(${column}_sealed, 0) = 1 and (${theirs})`,
      )
      count += Number(row?.['count'])
    }
    return count
  }

  const readAll = (from: Data, { user, workspace }: Tenant) =>
    from.read(
      asSystem,
      async ({ users, accounts, passkeys, totpDevices, upstreamIdentities, sessions, workspaces, auditEvents }) => ({
        user: await users.findById(user.id),
        addresses: await accounts.listAddresses(user.id),
        claim: await accounts.findAddressClaim(user.id),
        passkeys: await passkeys.listForUser(user.id),
        devices: await totpDevices.listForUser(user.id),
        identities: await upstreamIdentities.listForUser(user.id),
        sessions: (await sessions.listForUser(user.id)).length,
        workspace: await workspaces.findById(workspace.id),
        events: (await auditEvents.listForUser(user.id, ['session.created'], 100)).map(({ id, disclosures }) => ({
          id,
          disclosures,
        })),
      }),
    )

  const ask = (owner: RotatableOwner) => data.scoped(asSystem, ({ dataKeys }) => dataKeys.requestRotation(owner, clock.now()))

  it('is made for a person and a workspace, seals everything of theirs in the end, and nothing of others', {
    timeout: 60_000,
  }, async () => {
    // More than one step has room for.
    await data.scoped(asSystem, async ({ sessions }) => {
      for (let count = 0; count < 250; count += 1) await sessions.create(aSession(renewing.user.id))
    })
    const before = await readAll(data, renewing)
    await readAll(otherData, renewing)
    const commitments = await query('select id, commitments::text from latchkey.audit_events order by id')
    const [stolen] = await query('select wrapped from latchkey.user_keys where user_id = $1', [renewing.user.id])
    const [copied] = await query('select origin_sealed as sealed, uid from latchkey.sessions where user_id = $1 limit 1', [
      renewing.user.id,
    ])

    expect(await ask({ kind: 'user', userId: renewing.user.id })).toBe(true)
    expect(await ask({ kind: 'user', userId: renewing.user.id })).toBe(false)
    expect(await ask({ kind: 'workspace', workspaceId: renewing.workspace.id })).toBe(true)
    expect(await ask({ kind: 'user', userId: '00000000-0000-4000-8000-000000000000' })).toBe(false)

    // Made at once, and sealed under by nobody yet, since another process may not know it.
    working = startWorking()
    await expect.poll(progress).toMatchObject({ requested: 0, published: 2 })
    clock.advance(heldSeconds - 10)
    const late = aSession(renewing.user.id)
    await otherData.scoped(asSystem, ({ sessions }) => sessions.create(late))
    expect(await readAll(otherData, renewing)).toMatchObject({ user: before.user })
    await data.scoped(asSystem, ({ sessions }) => sessions.create(aSession(renewing.user.id)))
    expect(
      await query('select from latchkey.sessions where user_id = $1 and get_byte(origin_sealed, 0) <> 1', [renewing.user.id]),
    ).toEqual([])

    // Its time has come: what is written now is sealed under it, by either process.
    clock.advance(100)
    await working.stop()
    for (const each of [data, otherData])
      await each.scoped(asSystem, ({ sessions }) => sessions.create(aSession(renewing.user.id)))
    expect(
      await query('select from latchkey.sessions where user_id = $1 and get_byte(origin_sealed, 0) = 2', [renewing.user.id]),
    ).toHaveLength(2)

    // In the middle of it the process goes away; another one goes on.
    clock.advance(100)
    const firstOnes = await countFirst(renewing)
    expect(await progress()).toMatchObject({ published: 2, resealed: 0 })
    working = startWorking(dyingAfter(2))
    await expect.poll(() => warnings.length).toBeGreaterThan(0)
    await working.stop()
    warnings.length = 0
    const left = await countFirst(renewing)
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThan(firstOnes)
    working = startWorking()
    await expect.poll(progress, { timeout: 30_000 }).toEqual({ requested: 0, published: 0, events: 0, resealed: 0 })
    await working.stop()

    expect(await countFirst(renewing)).toBe(0)
    expect(await countFirst(bystander)).toBeGreaterThan(10)
    const fresh = await openProcess()
    expect(await readAll(fresh, renewing)).toEqual({ ...before, sessions: before.sessions + 4 })
    expect(await readAll(data, renewing)).toMatchObject({ user: before.user, workspace: before.workspace })
    await readAll(fresh, bystander)
    // Every column that the repositories have no list for opens as well.
    expect(
      await query('select id, commitments::text from latchkey.audit_events where id = any($1) order by id', [
        commitments.map(({ id }) => id),
      ]),
    ).toEqual(commitments)
    expect(warnings).toEqual([])

    // The old key is gone: what was copied before opens no more by what is kept now.
    const [kept] = await query('select wrapped from latchkey.user_keys where user_id = $1', [renewing.user.id])
    expect(kept?.['wrapped']).not.toEqual(stolen?.['wrapped'])
    const cipher = await state.openCipher()
    const owner = { kind: 'user', userId: renewing.user.id } as const
    const place = { table: 'sessions', column: 'origin', row: String(copied?.['uid']) }
    const open = (wrapped: unknown) =>
      cipher.keyrings.openKeyring(owner, wrapped as Buffer).then(key => key.open(place, copied?.['sealed'] as Buffer))
    await expect(open(stolen?.['wrapped'])).resolves.toContain('{')
    await expect(open(kept?.['wrapped'])).rejects.toThrow('generation 1 of a key, which is gone')
  })

  it('is on record, each time a key came or went', async () => {
    const rows = await query(
      `select action, count(*)::int as count from latchkey.audit_events where action like 'data-key.%' group by 1 order by 1`,
    )
    expect(rows).toEqual([
      { action: 'data-key.old-dropped', count: 2 },
      { action: 'data-key.renewed', count: 2 },
    ])
  })

  it('waits for as long as something does not open, keeps the old key for that, and holds nobody else up', {
    timeout: 60_000,
  }, async () => {
    warnings.length = 0
    const { user } = bystander
    await state.database.transaction(asSystem, scope =>
      scope.query(
        `update latchkey.passkeys set name_sealed = set_byte(name_sealed, 20, get_byte(name_sealed, 20) # 1) where user_id = $1`,
        [user.id],
      ),
    )
    expect(await ask({ kind: 'user', userId: user.id })).toBe(true)
    expect(await ask({ kind: 'workspace', workspaceId: bystander.workspace.id })).toBe(true)
    working = startWorking()
    await expect.poll(progress).toMatchObject({ published: 2 })
    clock.advance(heldSeconds + 200)
    await expect.poll(progress, { timeout: 30_000 }).toMatchObject({ requested: 0, published: 1, events: 0 })
    await working.stop()
    expect(JSON.stringify(warnings)).toContain('does not open')
    expect(await data.read(asSystem, ({ users }) => users.findById(user.id))).toMatchObject({ address: user.address })
  })
})
