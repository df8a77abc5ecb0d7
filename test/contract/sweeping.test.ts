import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createTelemetry } from '../../adapters/telemetry/telemetry.ts'
import { withoutRequest } from '../../provider/audit/record.ts'
import { secondsAfter } from '../../provider/kernel/clock.ts'
import { newSecret } from '../../provider/kernel/secrets.ts'
import type { Data } from '../../provider/ports/data.ts'
import type { Repositories } from '../../provider/ports/repositories.ts'
import { startSweeping } from '../../provider/sweeping.ts'
import { deleteDueWorkspaces } from '../../provider/workspaces/deletion.ts'
import { type DurableState, openDurableState } from '../support/durable-state.ts'
import {
  aFamily,
  aGrant,
  anAttempt,
  anInvitation,
  aSession,
  asJob,
  asSystem,
  createUser,
  createWorkspace,
  newAddress,
  newHash,
  noon,
} from '../support/records.ts'

const telemetry = createTelemetry({ level: 'silent' })

describe.each(['embedded', 'postgres'] as const)('what has expired on %s', kind => {
  let state: DurableState
  beforeEach(async () => {
    state = await openDurableState(kind)
  })
  afterEach(() => state?.close())

  /** One row in each table that is swept, all of them expired at noon. */
  async function plantExpiring(): Promise<void> {
    const user = await createUser(state.data)
    const grant = aGrant(user.id, { expiresAt: secondsAfter(noon, 365 * 86_400) })
    await state.data.scoped(asSystem, async repositories => {
      await repositories.attempts.create(anAttempt({ expiresAt: noon }))
      await repositories.codeFailures.increment(newAddress(), noon)
      await repositories.sessions.create(aSession(user.id, { expiresAt: noon }))
      await repositories.grants.upsert(aGrant(user.id, { expiresAt: noon }))
      // A grant that lasts, so that the family does not go with it.
      await repositories.grants.upsert(grant)
      await repositories.refreshFamilies.create(aFamily(grant, { expiresAt: noon }))
      await repositories.revokedAccessTokens.add(newSecret(), noon)
      await repositories.knownBrowsers.remember({ userId: user.id, browserHash: newHash(), method: 'email' }, noon)
    })
  }

  async function countRows(): Promise<Record<string, unknown>> {
    const tables = [
      'attempts',
      'code_failures',
      'sessions',
      'grants',
      'refresh_families',
      'revoked_access_tokens',
      'known_browsers',
    ]
    const counts = tables.map(table => `(select count(*)::integer from latchkey.${table}) as ${table}`)
    const { rows } = await state.database.read(asSystem, scope => scope.query(`select ${counts.join(', ')}`))
    return rows[0] ?? {}
  }

  async function sweepAt(moment: Date): Promise<void> {
    let sweeps = 0
    const data: Data = { ...state.data, scoped: (...work) => state.data.scoped(...work).finally(() => (sweeps += 1)) }
    const sweeping = startSweeping({ data, clock: () => moment, telemetry, intervalMilliseconds: 5 })
    await expect.poll(() => sweeps, { interval: 5 }).toBeGreaterThanOrEqual(15)
    await sweeping.stop()
  }

  it('goes away, each as soon as it is of no more use to anybody', async () => {
    await plantExpiring()
    await sweepAt(noon)
    expect(await countRows()).toEqual({
      attempts: 1,
      code_failures: 1,
      sessions: 1,
      grants: 2,
      refresh_families: 1,
      revoked_access_tokens: 1,
      known_browsers: 1,
    })
    await sweepAt(secondsAfter(noon, 1))
    expect(await countRows()).toEqual({
      attempts: 1,
      code_failures: 1,
      sessions: 0,
      grants: 1,
      refresh_families: 0,
      revoked_access_tokens: 0,
      known_browsers: 1,
    })
    await sweepAt(secondsAfter(noon, 86_401))
    expect(await countRows()).toMatchObject({ attempts: 0, code_failures: 1 })
    await sweepAt(secondsAfter(noon, 30 * 86_400 + 1))
    expect(await countRows()).toMatchObject({ code_failures: 0, grants: 1 })
    await sweepAt(secondsAfter(noon, 400 * 86_400))
    expect(await countRows()).toMatchObject({ known_browsers: 1 })
    await sweepAt(secondsAfter(noon, 400 * 86_400 + 1))
    expect(await countRows()).toMatchObject({ known_browsers: 0 })
  })

  it('but for a hundred wrong codes in a row: those stay until a link is used', async () => {
    const [switchedOff, almost] = [newAddress(), newAddress()]
    await state.data.scoped(asSystem, async ({ codeFailures }) => {
      for (let count = 0; count < 100; count += 1) await codeFailures.increment(switchedOff, noon)
      for (let count = 0; count < 99; count += 1) await codeFailures.increment(almost, noon)
    })
    await sweepAt(secondsAfter(noon, 365 * 86_400))
    expect(await state.data.read(asSystem, ({ codeFailures }) => codeFailures.count(switchedOff))).toBe(100)
    expect(await state.data.read(asSystem, ({ codeFailures }) => codeFailures.count(almost))).toBe(0)
  })
})

describe.each(['embedded', 'postgres'] as const)('workspaces and their invitations on %s', kind => {
  let state: DurableState
  beforeEach(async () => {
    state = await openDurableState(kind)
  })
  afterEach(() => state?.close())

  async function scheduleDeletion(dueAt: Date | undefined, workspaceId?: string): Promise<string> {
    const id = workspaceId ?? (await createWorkspace(state.data)).id
    await state.data.scoped(asSystem, ({ workspaces }) => workspaces.scheduleDeletion(id, dueAt))
    return id
  }

  const find = (id: string) => state.data.read(asSystem, ({ workspaces }) => workspaces.findById(id))

  async function listDeleted(): Promise<string[]> {
    const { rows } = await state.database.read(asSystem, scope =>
      scope.query(`select id from latchkey.audit_events where action = 'workspace.deleted'`),
    )
    return rows.map(({ id }) => String(id))
  }

  it('are deleted when nobody can take that back any more, once, by however many nodes', async () => {
    const [due, later, kept] = [
      await scheduleDeletion(noon),
      await scheduleDeletion(secondsAfter(noon, 2)),
      await scheduleDeletion(noon),
    ]
    await scheduleDeletion(undefined, kept)
    const nodes = [1, 2, 3].map(() => startSweeping({ data: state.data, clock: () => noon, telemetry, intervalMilliseconds: 1 }))
    await expect.poll(() => find(due)).toBeUndefined()
    await Promise.all(nodes.map(node => node.stop()))
    expect([(await find(later))?.id, (await find(kept))?.id]).toEqual([later, kept])
    expect(await listDeleted()).toHaveLength(1)
  })

  it('are rid of the invitations that nobody can accept any more', async () => {
    const { id } = await createWorkspace(state.data)
    const [over, open] = [anInvitation(id, { expiresAt: noon }), anInvitation(id, { expiresAt: secondsAfter(noon, 2) })]
    await state.data.scoped(asSystem, async ({ invitations }) => {
      for (const each of [over, open]) await invitations.replace(each)
    })
    const sweeping = startSweeping({
      data: state.data,
      clock: () => secondsAfter(noon, 1),
      telemetry,
      intervalMilliseconds: 1,
    })
    const findInvitation = (invitationId: string) =>
      state.data.read(asSystem, ({ invitations }) => invitations.find(id, invitationId))
    await expect.poll(() => findInvitation(over.id)).toBeUndefined()
    await sweeping.stop()
    expect(await findInvitation(open.id)).toMatchObject({ id: open.id })
  })
})

describe('two nodes that sweep at once', () => {
  it('do not wait for each other: what one is deleting the other passes over', async () => {
    const state = await openDurableState('postgres')
    onTestFinished(() => state.close())
    const user = await createUser(state.data)
    await state.data.scoped(asSystem, async repositories => {
      await repositories.attempts.create(anAttempt({ expiresAt: noon }))
      await repositories.codeFailures.increment(newAddress(), noon)
      await repositories.sessions.create(aSession(user.id, { expiresAt: noon }))
      await repositories.grants.upsert(aGrant(user.id, { expiresAt: noon }))
      await repositories.revokedAccessTokens.add(newSecret(), noon)
    })
    const later = secondsAfter(noon, 1)
    const sweepAll = (repositories: Repositories) =>
      Promise.all([
        repositories.attempts.deleteExpired(later, 10),
        repositories.codeFailures.deleteOlderThan(later, 100, 10),
        repositories.sessions.deleteExpired(later, 10),
        repositories.grants.deleteExpired(later, 10),
        repositories.revokedAccessTokens.deleteExpired(later, 10),
      ])
    const deleted = Promise.withResolvers<void>()
    const otherIsDone = Promise.withResolvers<void>()
    const one = state.data.scoped(asSystem, async repositories => {
      const counts = await sweepAll(repositories)
      deleted.resolve()
      await otherIsDone.promise
      return counts
    })
    await deleted.promise
    const other = state.data.scoped(asSystem, sweepAll)
    const first = await Promise.race([other, pause(3_000, 'it waited')])
    otherIsDone.resolve()
    expect(first).toEqual([0, 0, 0, 0, 0])
    expect(await one).toEqual([1, 1, 1, 1, 1])
    await other
  })
})

describe('a workspace that is due', () => {
  const circumstances = withoutRequest({ kind: 'system', reason: 'job' }, () => noon)

  /** Sweeps, while somebody else does something after the list of what is due was read. */
  async function sweepWhile(state: DurableState, meanwhile: () => Promise<unknown>): Promise<void> {
    const isListed = Promise.withResolvers<void>()
    // Outside of the sweep's transaction, in one of its own.
    const other = isListed.promise.then(meanwhile)
    await state.data.scoped(asSystem, async repositories => {
      const { workspaces } = repositories
      const lock = async (id: string) => {
        isListed.resolve()
        await other
        await workspaces.lock(id)
      }
      await deleteDueWorkspaces({ ...repositories, workspaces: { ...workspaces, lock } }, 10, circumstances)
    })
  }

  async function plantDue(): Promise<{ state: DurableState; id: string; countDeleted: () => Promise<unknown> }> {
    const state = await openDurableState('postgres')
    onTestFinished(() => state.close())
    const { id } = await createWorkspace(state.data)
    await state.data.scoped(asSystem, ({ workspaces }) => workspaces.scheduleDeletion(id, noon))
    const count = `select count(*)::integer as count from latchkey.audit_events where action = 'workspace.deleted'`
    return {
      state,
      id,
      countDeleted: async () => (await state.database.read(asSystem, scope => scope.query(count))).rows[0]?.['count'],
    }
  }

  it('stays where an admin keeps it at the last moment', async () => {
    const { state, id, countDeleted } = await plantDue()
    await sweepWhile(state, () => state.data.scoped(asSystem, ({ workspaces }) => workspaces.scheduleDeletion(id, undefined)))
    const kept = await state.data.read(asSystem, ({ workspaces }) => workspaces.findById(id))
    expect([kept?.id, await countDeleted()]).toEqual([id, 0])
  })

  it('is passed over where another node was quicker', async () => {
    const { state, countDeleted } = await plantDue()
    const sweep = () => state.data.scoped(asJob, repositories => deleteDueWorkspaces(repositories, 10, circumstances))
    await sweepWhile(state, sweep)
    expect(await countDeleted()).toBe(1)
  })
})

describe('a sweep that takes long', () => {
  let running = 0
  let together = 0
  let began = 0
  /** A database that takes its time. */
  const slow = {
    async scoped() {
      running += 1
      began += 1
      together = Math.max(together, running)
      await pause(40)
      running -= 1
      return 0
    },
  }
  beforeEach(() => {
    running = together = began = 0
  })
  // The sweeping asks for nothing else of it.
  const start = () => startSweeping({ data: slow as unknown as Data, clock: () => noon, telemetry, intervalMilliseconds: 5 })

  it('is not joined by the next one', async () => {
    const sweeping = start()
    await expect.poll(() => began).toBeGreaterThan(7)
    await sweeping.stop()
    expect(together).toBe(1)
  })

  it('is waited for by whoever stops it, and goes on to no further table', async () => {
    const sweeping = start()
    await expect.poll(() => running, { interval: 1 }).toBe(1)
    await sweeping.stop()
    expect(running).toBe(0)
    const before = began
    expect(before).toBeLessThan(6)
    await pause(100)
    expect(began).toBe(before)
  })
})
