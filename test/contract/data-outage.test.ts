import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../adapters/sql/migrate.ts'
import { openPostgres } from '../../adapters/sql/postgres.ts'
import { prepare, queries } from '../../adapters/sql/statement.ts'
import { AppError } from '../../provider/kernel/errors.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { asSystem, asUser, noon } from '../support/records.ts'
import { findFreePort, runStatements } from '../support/servers.ts'

/** A line to the server that can be cut. */
async function openLine(target: URL): Promise<{ url: string; cut(): Promise<void>; mend(): Promise<void> }> {
  const port = await findFreePort()
  const sockets = new Set<Socket>()
  let server: Server | undefined
  const mend = async () => {
    server = createServer(near => {
      const far = connect(Number(target.port), target.hostname)
      for (const socket of [near, far]) {
        sockets.add(socket)
        socket.on('error', () => {}).on('close', () => sockets.delete(socket))
      }
      near.pipe(far).pipe(near)
    }).listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await mend()
  const url = new URL(target)
  url.host = `127.0.0.1:${port}`
  return {
    url: url.href,
    mend,
    cut: async () => {
      server?.close()
      for (const socket of sockets) socket.destroy()
      if (server?.listening) await once(server, 'close')
    },
  }
}

const insertUser = prepare<{ id: string; at: Date }>()(parameter =>
  queries
    .insertInto('users')
    .values({ id: parameter.id, status: 'active', name_sealed: null, locale: 'en', created_at: parameter.at }),
)
const findUser = prepare<{ id: string }>()(parameter => queries.selectFrom('users').selectAll().where('id', '=', parameter.id))

describe.each([
  { name: 'PostgreSQL', pooled: false },
  { name: 'PostgreSQL behind a pooler', pooled: true },
])('when something goes wrong with $name', ({ pooled }) => {
  let test: TestDatabase
  const cleanups: (() => Promise<void>)[] = []
  beforeAll(async () => {
    test = await createTestDatabase()
    const database = open()
    await migrate(database)
  })
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup()
  })
  afterAll(() => test.drop())

  function open(url = test.url, poolSize = 3) {
    const database = openPostgres({ url, pooled, poolSize })
    cleanups.push(() => database.close())
    return database
  }

  it('a connection that is killed in the middle undoes its transaction and leaves nothing to the next one', async () => {
    const database = open(test.url, 1)
    const [mine, other] = [newId(), newId()]
    await database.transaction(asSystem, scope => scope.change(insertUser, { id: other, at: noon }))
    const interrupted = database.transaction(asSystem, async scope => {
      await scope.change(insertUser, { id: mine, at: noon })
      const { rows } = await scope.query('select pg_backend_pid() as pid')
      await runStatements(test.url, [`select pg_terminate_backend(${Number(rows[0]?.['pid'])})`])
      await pause(50)
      await scope.run(findUser, { id: mine })
    })
    await expect(interrupted).rejects.toMatchObject({ name: 'AppError', code: 'unavailable' })
    expect(await database.read(asSystem, scope => scope.run(findUser, { id: mine }))).toEqual([])
    // Of the system's scope nothing is left: a user sees themselves alone.
    expect(await database.read(asUser(mine), scope => scope.run(findUser, { id: other }))).toEqual([])
    expect(await database.transaction(asUser(other), scope => scope.run(findUser, { id: other }))).toHaveLength(1)
  })

  it('connections that are killed while two hundred clients use them cost some of them their answer, and nobody their scope', async () => {
    const database = open(test.url, 8)
    const ids = [newId(), newId(), newId()]
    for (const id of ids) await database.transaction(asSystem, scope => scope.change(insertUser, { id, at: noon }))
    const outcomes = Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        await pause(index)
        const id = ids[index % 3] ?? ''
        const run = index % 2 ? database.read : database.transaction
        return run(asUser(id), scope => scope.query('select id from latchkey.users')).then(
          ({ rows }) => rows.length === 1 && rows[0]?.['id'] === id,
          (error: unknown) => error,
        )
      }),
    )
    for (let round = 0; round < 4; round += 1) {
      await pause(40)
      await runStatements(test.url, [
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'latchkey' and datname = current_database()`,
      ])
    }
    const seen = await outcomes
    expect(seen).not.toContain(false)
    for (const outcome of seen) if (outcome !== true) expect(outcome).toMatchObject({ name: 'AppError', code: 'unavailable' })
    expect(seen.filter(outcome => outcome === true).length).toBeGreaterThan(100)
  })

  it('a server that is away is unavailable, and served from again when it is back', async () => {
    const line = await openLine(new URL(test.url))
    cleanups.push(line.cut)
    const database = open(line.url)
    await database.ping()
    await line.cut()
    for (const attempt of [
      () => database.ping(),
      () => database.read(asSystem, scope => scope.run(findUser, { id: newId() })),
      () => database.transaction(asSystem, scope => scope.run(findUser, { id: newId() })),
      () => database.asOwner(async () => {}),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ name: 'AppError', code: 'unavailable' })
    }
    await line.mend()
    const id = newId()
    await database.transaction(asSystem, scope => scope.change(insertUser, { id, at: noon }))
    expect(await database.read(asSystem, scope => scope.run(findUser, { id }))).toHaveLength(1)
  })

  it('a commit whose answer never came is reported as unavailable, not as done', async () => {
    const line = await openLine(new URL(test.url))
    cleanups.push(line.cut)
    const database = open(line.url)
    const work = database.transaction(asSystem, async scope => {
      await scope.change(insertUser, { id: newId(), at: noon })
      await line.cut()
    })
    await expect(work).rejects.toMatchObject({ name: 'AppError', code: 'unavailable' })
  })

  it('a database that is not there, and a login that is wrong, are unavailable too', async () => {
    const [missing, wrong] = [new URL(test.url), new URL(test.url)]
    missing.pathname = '/latchkey_is_not_here'
    wrong.password = 'wrong'
    for (const url of [missing, wrong]) {
      const failure = await open(url.href)
        .ping()
        .catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(AppError)
      expect(failure).toMatchObject({ code: 'unavailable' })
      expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain(new URL(test.url).password)
    }
  })

  it('a statement that failed once works the next time on the same connection', async () => {
    const database = open(test.url, 1)
    const id = newId()
    const insert = () => database.transaction(asSystem, scope => scope.change(insertUser, { id, at: noon }))
    await insert()
    for (let round = 0; round < 3; round += 1) await expect(insert()).rejects.toMatchObject({ code: '23505' })
    const another = newId()
    await database.transaction(asSystem, scope => scope.change(insertUser, { id: another, at: noon }))
    await expect(database.read(asSystem, scope => scope.run(findUser, { id: 'not-an-id' }))).rejects.toMatchObject({
      code: '22P02',
    })
    expect(await database.read(asSystem, scope => scope.run(findUser, { id: another }))).toHaveLength(1)
  })

  it('an error tells what failed, and no value of a row or parameter', async () => {
    const database = open()
    const id = newId()
    const secret = 'a-secret-of-somebody'
    const failures = await Promise.all([
      database.transaction(asSystem, scope => scope.run(findUser, { id: secret })).catch((error: unknown) => error),
      database
        .transaction(asSystem, async scope => {
          await scope.query(`insert into latchkey.apps values ($1, null, '{}', 'api', now())`, [secret])
          await scope.query(`insert into latchkey.apps values ($1, null, '{}', 'api', now())`, [secret])
        })
        .catch((error: unknown) => error),
      database
        .transaction(asSystem, scope =>
          scope.query(`insert into latchkey.users values ($1, $2, null, 'en', now())`, [id, secret]),
        )
        .catch((error: unknown) => error),
    ])
    expect(failures).toMatchObject([{ code: '22P02' }, { code: '23505', constraint: 'apps_pkey' }, { code: '23514' }])
    for (const failure of failures) {
      expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain(secret)
    }
  })

  it('statements are made again where a migration has changed what they answer', async () => {
    const database = open(test.url, 1)
    const look = prepare<object>()(() => queries.selectFrom('apps').selectAll())
    await database.read(asSystem, scope => scope.run(look, {}))
    const alter = (text: string) => database.asOwner(owner => owner.execute(`alter table latchkey.apps ${text}`))
    await alter('add column added text')
    try {
      // PostgreSQL refuses the plan that it has kept (0A000), once.
      await database.read(asSystem, scope => scope.run(look, {})).catch(() => {})
      expect(await database.read(asSystem, scope => scope.run(look, {}))).toEqual([])
    } finally {
      await alter('drop column added')
    }
  })
})

it('behind a pooler nothing is left with a connection that another client could meet', async () => {
  const test = await createTestDatabase()
  const database = openPostgres({ url: test.url, pooled: true, poolSize: 1 })
  try {
    await migrate(database)
    await database.transaction(asSystem, scope => scope.change(insertUser, { id: newId(), at: noon }))
    await database.read(asSystem, scope => scope.run(findUser, { id: newId() }))
    await database.execute('select $1::integer', [1])
    expect((await database.execute('select name from pg_prepared_statements')).rows).toEqual([])
    const { rows } = await database.execute(`select name from pg_settings where source = 'session'`)
    expect(rows.filter(({ name }) => !String(name).startsWith('latchkey.'))).toEqual([])
  } finally {
    await database.close()
    await test.drop()
  }
})

it('every connection waits its turn where there are fewer than transactions', async () => {
  const test = await createTestDatabase()
  const database = openPostgres({ url: test.url, pooled: false, poolSize: 2 })
  try {
    await migrate(database)
    const ids = Array.from({ length: 60 }, () => newId())
    await Promise.all(ids.map(id => database.transaction(asSystem, scope => scope.change(insertUser, { id, at: noon }))))
    const found = await Promise.all(ids.map(id => database.read(asUser(id), scope => scope.run(findUser, { id }))))
    expect(found.flat()).toHaveLength(60)
  } finally {
    await database.close()
    await test.drop()
  }
})
