import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSqlData } from '../../adapters/sql/data.ts'
import { newId } from '../../provider/kernel/ids.ts'
import type { Data } from '../../provider/ports/data.ts'
import { type DurableState, databaseKinds, openDurableState } from '../support/durable-state.ts'
import {
  anApp,
  anAttempt,
  anEvent,
  aSession,
  asSystem,
  asUser,
  asWorkspace,
  createUser,
  createWorkspace,
  newAddress,
  noon,
} from '../support/records.ts'

/** As another request would: not as a part of the transaction that is open here. */
const runOutside = AsyncLocalStorage.snapshot()

describe.each(databaseKinds)('transactions on %s', kind => {
  let state: DurableState
  let data: Data
  beforeAll(async () => {
    state = await openDurableState(kind)
    data = state.data
  })
  afterAll(() => state?.close())

  /** Everything but what cannot be seen outside a scope is asked for as the system. */
  async function countRows(table: string): Promise<number> {
    const { rows } = await state.database.read(asSystem, scope => scope.query(`select count(*) as count from ${table}`))
    return Number(rows[0]?.['count'])
  }

  async function countJobs(): Promise<number> {
    const { rows } = await state.execute('select count(*) as count from latchkey_jobs.job')
    return Number(rows[0]?.['count'])
  }

  const mail = {
    message: { messageId: 'a@b', to: { name: '', address: 'ada@example.com' }, subject: '', text: '', html: '', language: 'en' },
  }

  it('undoes everything when the work rejects: the change, its audit event and its job', async () => {
    const counts = async () => [await countRows('latchkey.users'), await countRows('latchkey.audit_events'), await countJobs()]
    const before = await counts()
    const address = newAddress()
    const work = (fail: boolean) =>
      data.scoped(asSystem, async ({ users, auditEvents, jobs }) => {
        const id = newId()
        await users.create({ id, address, locale: 'en', createdAt: noon })
        await auditEvents.append([anEvent({ userId: id })])
        await jobs.enqueue('mail', mail)
        if (fail) throw new Error('changed my mind')
      })
    await expect(work(true)).rejects.toThrow('changed my mind')
    expect(await counts()).toEqual(before)
    expect(await data.read(asSystem, ({ users }) => users.findByAddress(address))).toBeUndefined()

    await work(false)
    expect(await counts()).toEqual(before.map(count => count + 1))
  })

  it('undoes the change when its audit event cannot be written', async () => {
    const address = newAddress()
    const event = anEvent()
    await data.scoped(asSystem, ({ auditEvents }) => auditEvents.append([event]))
    const work = data.scoped(asSystem, async ({ users, auditEvents }) => {
      await users.create({ id: newId(), address, locale: 'en', createdAt: noon })
      await auditEvents.append([event])
    })
    await expect(work).rejects.toMatchObject({ name: 'SqlError', code: '23505' })
    expect(await data.read(asSystem, ({ users }) => users.findByAddress(address))).toBeUndefined()
  })

  it('does not commit what is left of a transaction in which a statement failed and nobody looked', async () => {
    const [app, address] = [anApp(), newAddress()]
    await data.scoped(asSystem, ({ users }) => users.create({ id: newId(), address, locale: 'en', createdAt: noon }))
    const work = data.scoped(asSystem, async ({ apps, users }) => {
      await apps.insert(app)
      await users.create({ id: newId(), address, locale: 'en', createdAt: noon }).catch(() => {})
    })
    await expect(work).rejects.toMatchObject({ code: 'unexpected' })
    expect(await data.read(asSystem, ({ apps }) => apps.find(app.clientId))).toBeUndefined()
  })

  it('sends a change that answers nothing before whatever is asked next, and fails with it', async () => {
    const app = anApp()
    const event = anEvent()
    await data.scoped(asSystem, async ({ apps, auditEvents }) => {
      await apps.insert(app)
      await auditEvents.append([event])
      expect(await apps.find(app.clientId)).toEqual(app)
      await apps.delete(app.clientId)
      expect(await apps.find(app.clientId)).toBeUndefined()
      await apps.insert({ ...app, source: 'console' })
    })
    expect((await data.read(asSystem, ({ apps }) => apps.find(app.clientId)))?.source).toBe('console')

    let reached = false
    const failing = data.scoped(asSystem, async ({ apps, auditEvents }) => {
      await apps.delete(app.clientId)
      await auditEvents.append([event])
      await apps.list()
      reached = true
    })
    await expect(failing).rejects.toMatchObject({ name: 'SqlError', code: '23505' })
    expect(reached).toBe(false)
    expect(await data.read(asSystem, ({ apps }) => apps.find(app.clientId))).toBeDefined()
  })

  it('waits for a statement that the work did not wait for', async () => {
    const app = anApp()
    let found: unknown
    await data.scoped(asSystem, async ({ apps }) => {
      void apps.insert(app)
      void apps.find(app.clientId).then(record => (found = record))
    })
    expect(found).toEqual(app)
    expect(await data.read(asSystem, ({ apps }) => apps.find(app.clientId))).toEqual(app)
  })

  it('refuses repositories whose transaction has ended', async () => {
    const kept = await data.scoped(asSystem, async repositories => repositories)
    await expect(kept.apps.list()).rejects.toThrow('after its transaction had ended')
    const keptReading = await data.read(asSystem, async repositories => repositories)
    await expect(keptReading.apps.list()).rejects.toThrow('after its transaction had ended')
  })

  it('refuses a second transaction inside the first, which would wait for itself', async () => {
    const inners: (() => Promise<unknown>)[] = [
      () => data.scoped(asSystem, async () => {}),
      () => data.read(asSystem, ({ apps }) => apps.list()),
      () => data.ping(),
    ]
    for (const inner of inners) {
      await expect(data.scoped(asSystem, inner)).rejects.toThrow('A transaction is open here already')
    }
    // What a transaction started may go on after it.
    const { later } = await data.scoped(asSystem, async () => ({ later: pause(50).then(() => data.ping()) }))
    await later
  })

  it('refuses to write where only reading was asked for', async () => {
    const app = anApp()
    await expect(data.read(asSystem, ({ apps }) => apps.insert(app))).rejects.toMatchObject({ name: 'SqlError', code: '25006' })
    expect(await data.read(asSystem, ({ apps }) => apps.find(app.clientId))).toBeUndefined()
  })

  it('answers work that asks for nothing', async () => {
    expect(await data.scoped(asSystem, async () => 'nothing')).toBe('nothing')
    expect(await data.read(asSystem, async () => 'nothing')).toBe('nothing')
    await expect(data.scoped(asSystem, () => Promise.reject(new Error('at once')))).rejects.toThrow('at once')
  })

  it('leaves no scope behind on a connection, whatever became of the transaction', async () => {
    const user = await createUser(data)
    await data.scoped(asUser(user.id), ({ users }) => users.findById(user.id))
    await data.read(asUser(user.id), ({ users }) => users.findById(user.id))
    await data.scoped(asUser(user.id), () => Promise.reject(new Error('undone'))).catch(() => {})
    await data
      .scoped(asUser(user.id), async ({ users, attempts }) => {
        await users.findById(user.id)
        await attempts.create(anAttempt())
      })
      .catch(() => {})
    const looks = await Promise.all(
      Array.from({ length: 20 }, () =>
        state.database.execute(
          `select current_user = session_user as unchanged, current_setting('latchkey.user_id', true) as user_id,
             current_setting('transaction_read_only') as read_only`,
          [],
        ),
      ),
    )
    for (const { rows } of looks) {
      expect(rows).toHaveLength(1)
      expect(rows[0]?.['unchanged']).toBe(true)
      expect(rows[0]?.['user_id'] ?? '').toBe('')
      expect(rows[0]?.['read_only']).toBe('off')
    }
  })

  it('keeps two hundred clients of different scopes apart', async () => {
    const users = [await createUser(data), await createUser(data), await createUser(data)]
    const workspace = await createWorkspace(data)
    const member = await createUser(data, workspace.id)
    const seen = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const user = users[index % 3]
        const method = index % 2 ? ('read' as const) : ('scoped' as const)
        if (user === undefined) throw new Error('there are three users')
        const mode = index % 5 ? asUser(user.id) : asWorkspace(workspace.id)
        const found = await data[method](mode, repositories =>
          Promise.all([...users, member].map(({ id }) => repositories.users.findById(id))),
        )
        return (
          found
            .filter(record => record !== undefined)
            .map(({ id }) => id)
            .join() === (index % 5 ? user.id : member.id)
        )
      }),
    )
    expect(seen.every(Boolean)).toBe(true)
  })

  it('lets reads that come at the same time travel together, each with its own rows, and none for the failure of another', async () => {
    const apps = Array.from({ length: 30 }, () => anApp())
    await data.scoped(asSystem, repositories => Promise.all(apps.map(app => repositories.apps.insert(app))))
    const outcomes = await Promise.allSettled(
      apps.map((app, index) =>
        index % 10 === 7
          ? state.database.read(asSystem, scope => scope.query(`select 'not a number'::integer`))
          : data.read(asSystem, async repositories => {
              const found = await Promise.all([repositories.apps.find(app.clientId), repositories.apps.find(app.clientId)])
              return [...found, await repositories.apps.find(app.clientId)]
            }),
      ),
    )
    for (const [index, outcome] of outcomes.entries()) {
      if (index % 10 === 7) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: '22P02' } })
      else expect(outcome).toEqual({ status: 'fulfilled', value: [apps[index], apps[index], apps[index]] })
    }
  })

  it('asks for a key in the transaction that needs it, never waiting for one that waits for its locks', async () => {
    const user = await createUser(data)
    // A process that has not met the user yet.
    const cold = createSqlData(state.database, await state.openCipher())
    let begin = () => {}
    const begun = new Promise<void>(resolve => (begin = resolve))
    let behind: Promise<void> | undefined
    await cold.scoped(asSystem, async ({ signingKeys, sessions }) => {
      await signingKeys.lock()
      behind = runOutside(() =>
        cold.scoped(asSystem, async repositories => {
          const creation = repositories.sessions.create(aSession(user.id))
          begin()
          await Promise.all([repositories.signingKeys.lock(), creation])
        }),
      )
      if (kind !== 'embedded') await begun.then(() => pause(200))
      await sessions.create(aSession(user.id))
    })
    await behind
    expect(await data.read(asSystem, ({ sessions }) => sessions.listForUser(user.id))).toHaveLength(2)
  })
})
