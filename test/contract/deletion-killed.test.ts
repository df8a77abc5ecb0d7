/** kill -9 in the middle of the deletion of a workspace: the next process goes on where that one was, to the end. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, it } from 'vitest'
import { createSqlData } from '../../adapters/sql/data.ts'
import type { SqlDatabase } from '../../adapters/sql/database.ts'
import { createTelemetry } from '../../adapters/telemetry/telemetry.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import { startSweeping } from '../../provider/sweeping.ts'
import { type Cleaning, cleanUp, openQueue, type Queue } from '../support/job-queue.ts'
import { asJob, asWorkspace, createUser, createWorkspace, noon } from '../support/records.ts'

const many = 20_000
const program = join(import.meta.dirname, '../support/programs/sweeper.ts')

const cleaning: Cleaning = []
afterEach(() => cleanUp(cleaning))

/** Runs until it has done so many steps, and is killed. */
async function sweepUntilKilled({ place, keyFile }: Queue, kind: string, steps: number): Promise<void> {
  const sweeper = spawn(process.execPath, [program, kind, place, keyFile], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(sweeper, 'exit')
  let done = 0
  for await (const line of createInterface(sweeper.stdout)) {
    expect(line).toBe('more')
    done += 1
    if (done === steps) sweeper.kill('SIGKILL')
  }
  expect((await ended)[1]).toBe('SIGKILL')
}

async function count(database: SqlDatabase, table: string, condition: string, value: string): Promise<number> {
  const text = `select count(*)::integer as count from latchkey.${table} where ${condition}`
  return Number((await database.read(asJob, scope => scope.query(text, [value]))).rows[0]?.['count'])
}

describe.each(['embedded', 'postgres'] as const)('on %s', kind => {
  it('a workspace is nobody’s from the first step on, whenever the process dies, and gone in the end', async () => {
    const queue = await openQueue(kind, cleaning)
    let { database } = queue
    const { id, slug } = await createWorkspace(createSqlData(database, queue.cipher))
    const user = await createUser(createSqlData(database, queue.cipher), id)
    const insert = `insert into latchkey.roles
      select $1, 'role-' || number, 'A role', '{}', $2::timestamptz, 1 from generate_series(1, ${many}) as number`
    await database.transaction(asJob, scope => scope.query(insert, [id, noon]))
    await createSqlData(database, queue.cipher).scoped(asJob, ({ workspaces }) => workspaces.scheduleDeletion(id, systemClock()))

    let left = many
    for (const steps of [1, 3, 10]) {
      if (kind === 'embedded') await database.close()
      await sweepUntilKilled(queue, kind, steps)
      if (kind === 'embedded') database = await queue.reopen()
      const before = left
      left = await count(database, 'roles', 'workspace_id = $1', id)
      expect(left).toBeGreaterThan(0)
      expect(left).toBeLessThan(before)
      const data = createSqlData(database, queue.cipher)
      expect(await data.read(asJob, ({ workspaces }) => workspaces.findBySlug(slug))).toBeUndefined()
      expect(await data.read(asWorkspace(id), ({ workspaces }) => workspaces.findById(id))).toBeUndefined()
      expect(await data.read({ kind: 'self', userId: user.id }, ({ workspaces }) => workspaces.listForUser(user.id))).toEqual([])
    }

    const data = createSqlData(database, queue.cipher)
    const telemetry = createTelemetry({ level: 'silent' })
    const sweeping = startSweeping({ data, clock: systemClock, telemetry, intervalMilliseconds: 10 })
    await expect.poll(() => count(database, 'workspaces', 'id = $1', id), { timeout: 60_000 }).toBe(0)
    await sweeping.stop()
    expect(await count(database, 'roles', 'workspace_id = $1', id)).toBe(0)
    expect(await count(database, 'deleted_workspaces', 'id = $1', id)).toBe(1)
    expect(await count(database, 'audit_events', `action = 'workspace.deleted' and target = $1`, `workspace:${id}`)).toBe(1)
  }, 90_000)
})
