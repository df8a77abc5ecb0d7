import { execFile } from 'node:child_process'
import { hash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, inject, it, vi } from 'vitest'
import type { SqlDatabase } from '../../adapters/sql/database.ts'
import { migrateJobs } from '../../adapters/sql/jobs.ts'
import { migrate } from '../../adapters/sql/migrate.ts'
import { first } from '../../adapters/sql/migrations/0001-first.ts'
import { migrations } from '../../adapters/sql/migrations/list.ts'
import { openPostgres } from '../../adapters/sql/postgres.ts'
import { StartError } from '../../provider/kernel/errors.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { asSystem, asUser } from '../support/records.ts'
import { runStatements } from '../support/servers.ts'

const migrator = join(import.meta.dirname, '../support/programs/migrator.ts')
const insertUser = `insert into latchkey.users values ($1, 'active', null, 'en', now())`

describe('migrations on PostgreSQL', () => {
  let connections: SqlDatabase[] = []
  let databases: string[] = []
  let roles: string[] = []
  const asAdministrator = (statements: string[]) => runStatements(inject('postgresUrl'), statements)
  afterEach(async () => {
    const [used, made, given] = [connections, databases, roles]
    connections = []
    databases = []
    roles = []
    await Promise.all(used.map(connection => connection.close()))
    // Where the server's own cleaning is at work in one, nobody may put an end to that; it takes a moment.
    await vi.waitFor(() => asAdministrator(made.map(name => `drop database if exists ${name} with (force)`)), 10_000)
    await asAdministrator(given.map(name => `drop role if exists ${name}`))
  })

  function open(url: string, migrationUrl?: string): SqlDatabase {
    const database = openPostgres({ url, migrationUrl, pooled: false, poolSize: 4 })
    connections.push(database)
    return database
  }

  /** A database of its own, with which the roles that migrations make for it go too. */
  async function createDatabase(template = 'template1'): Promise<{ url: string; name: string }> {
    const name = `latchkey_test_${randomBytes(6).toString('hex')}`
    const url = new URL(inject('postgresUrl'))
    url.pathname = `/${name}`
    databases.push(name)
    await asAdministrator([`create database ${name} template ${template}`])
    const database = openPostgres({ url: url.href, pooled: false, poolSize: 1 })
    roles.push(...Object.values(await database.roles()))
    await database.close()
    return { url: url.href, name }
  }

  /** A login that may do nothing but what `options` say. */
  async function createLogin(url: string, options = ''): Promise<{ name: string; url: string }> {
    const name = `latchkey_login_${randomBytes(6).toString('hex')}`
    const login = new URL(url)
    login.username = name
    roles.push(name)
    await asAdministrator([`create role ${name} login ${options} password '${login.password}'`])
    return { name, url: login.href }
  }

  it('are applied once, however many nodes start at the same moment', async () => {
    const { url } = await createDatabase()
    const run = promisify(execFile)
    const outputs = await Promise.all(Array.from({ length: 4 }, () => run(process.execPath, [migrator, url])))
    const applied = outputs.map(({ stdout }) => JSON.parse(stdout) as string[])
    expect(applied.filter(names => names.length > 0)).toEqual([migrations.map(({ name }) => name)])
    expect(await migrate(open(url))).toEqual([])
  })

  it('are applied in the order of their numbers, no two of which are the same', () => {
    const numbers = migrations.map(({ name }) => name.slice(0, 4))
    expect(numbers).toEqual([...new Set(numbers)].toSorted())
  })

  it('bring a database of an older version up to date, with what is in it', async () => {
    const { url } = await createDatabase()
    const database = open(url)
    const [first] = migrations
    await database.asOwner(owner =>
      owner.execute(`create schema latchkey;
        create table latchkey.migrations (name text primary key, fingerprint text not null, applied_at timestamptz not null);
        ${first?.text};
        insert into latchkey.migrations values ('0001-first', encode(sha256(convert_to($first$${first?.text}$first$, 'utf8')), 'hex'), now());
        insert into latchkey.attempts values ('${newId()}', 'uid', '', 'app', 'open', null, null, null, '', '', 'en', now(), now());
        insert into latchkey.email_challenges select '${newId()}', id, 'token', 'code', 3, now(), now() from latchkey.attempts`),
    )
    expect(await migrate(database)).toEqual(migrations.slice(1).map(({ name }) => name))
    const look = 'select tries from latchkey.email_challenges'
    expect((await database.read(asSystem, scope => scope.query(look))).rows).toEqual([{ tries: 3 }])
  })

  it('leave nothing behind where one fails', async () => {
    const database = open((await createDatabase()).url)
    await database.asOwner(owner => owner.execute('create schema latchkey; create table latchkey.audit_events ()'))
    await expect(migrate(database)).rejects.toMatchObject({ code: '42P07' })
    const { rows } = await database.execute(`select relname from pg_class where relnamespace = 'latchkey'::regnamespace`)
    expect(rows).toEqual([{ relname: 'audit_events' }])
  })

  it('refuse a database of a newer version, and one whose migrations were edited', async () => {
    const database = open((await createDatabase()).url)
    await migrate(database)
    const execute = (text: string) => database.asOwner(owner => owner.execute(text))
    await execute(`insert into latchkey.migrations values ('9999-later', '', now())`)
    await expect(migrate(database)).rejects.toThrow(
      new StartError('The database was migrated by a newer version of Latchkey (9999-later): start that version'),
    )
    await execute(
      `delete from latchkey.migrations where name = '9999-later'; update latchkey.migrations set fingerprint = 'another'`,
    )
    await expect(migrate(database)).rejects.toThrow('Migration 0001-first is not the one that was applied to this database')
  })

  it('bring a database of the first version, with rows in it, to this one', async () => {
    const { url, name } = await createDatabase()
    // As in production: whoever owns the tables goes round no policy.
    const owner = await createLogin(url, 'createrole')
    await asAdministrator([`grant create on database ${name} to ${owner.name}`])
    const database = open(owner.url)
    const id = newId()
    await database.asOwner(async ({ execute }) => {
      await execute(`create schema latchkey;
        create table latchkey.migrations (name text primary key, fingerprint text not null, applied_at timestamptz not null)`)
      await execute(first)
      await execute(`insert into latchkey.migrations values ('0001-first', $1, now())`, [hash('sha256', first, 'hex')])
      await execute(`insert into latchkey.users values ($1, 'active', null, 'en', now())`, [id])
      await execute(
        `insert into latchkey.sessions values ('a-session', '', $1, '{}', '', '2030-01-02 12:00Z', '2030-02-02 12:00Z')`,
        [id],
      )
      await execute(`insert into latchkey.audit_events values ($1, null, $1, 'session.created', now(), '{}', '')`, [id])
      await execute(
        'alter table latchkey.sessions enable row level security; alter table latchkey.sessions force row level security',
      )
    })

    expect(await migrate(database)).toEqual(
      migrations.map(({ name: migration }) => migration).filter(each => each !== '0001-first'),
    )
    const ask = (text: string) => database.read(asUser(id), async scope => (await scope.query(text)).rows)
    expect(await ask('select user_id, created_at, last_used_at from latchkey.sessions')).toEqual([
      { user_id: id, created_at: new Date('2030-01-02T12:00:00Z'), last_used_at: new Date('2030-01-02T12:00:00Z') },
    ])
    expect(await ask('select id, passkey_handle, erasure_due_at from latchkey.users')).toEqual([
      { id, passkey_handle: null, erasure_due_at: null },
    ])
    expect(await ask('select id from latchkey.audit_events')).toEqual([{ id }])
    // The policies hold for the owner again.
    expect((await database.execute('select from latchkey.sessions')).count).toBe(0)
    expect(await migrate(database)).toEqual([])
  })

  it('put the protection in effect again where it differs from what this version says', async () => {
    const database = open((await createDatabase()).url)
    await migrate(database)
    const execute = (text: string) => database.asOwner(owner => owner.execute(text))
    await execute(`update latchkey.migrations set fingerprint = 'older' where name = 'protection';
      drop policy self on latchkey.users; alter table latchkey.users no force row level security`)
    await migrate(database)
    const { rows } =
      await execute(`select relforcerowsecurity as forced, (select count(*)::int from pg_policy where polrelid = pg_class.oid) as policies
      from pg_class where oid = 'latchkey.users'::regclass`)
    expect(rows).toEqual([{ forced: true, policies: 3 }])
  })

  it('serve a login that owns nothing, where migrations have one of their own', async () => {
    const { url, name } = await createDatabase()
    const owner = await createLogin(url, 'createrole')
    const server = await createLogin(url)
    await asAdministrator([`grant create on database ${name} to ${owner.name}`])
    const database = open(server.url, owner.url)
    await migrate(database)
    await migrateJobs(database)
    expect(await migrate(database)).toEqual([])

    const id = newId()
    await database.transaction(asSystem, scope => scope.query(insertUser, [id]))
    const look = 'select id from latchkey.users'
    expect((await database.read(asUser(id), scope => scope.query(look))).rows).toEqual([{ id }])
    // Without a scope it sees nothing, and it can change nothing of the tables themselves.
    expect((await database.execute(look)).rows).toEqual([])
    for (const attack of [
      'alter table latchkey.users disable row level security',
      'alter table latchkey.users no force row level security',
      'create policy everything on latchkey.users using (true)',
      'truncate latchkey.audit_events',
      'drop table latchkey.users',
      'create table latchkey.another ()',
      'select name from latchkey.migrations',
    ]) {
      await expect(database.execute(attack)).rejects.toMatchObject({ code: 'forbidden' })
    }
    const { rows } = await database.execute(`select relname from pg_class where relowner = current_user::regrole`)
    expect(rows).toEqual([])
  })

  it('say what an administrator has to run for a login without the right to make roles, and that suffices', async () => {
    const { url } = await createDatabase()
    const login = await createLogin(url)
    const database = open(login.url)
    const failure = await migrate(database).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failure).toBeInstanceOf(StartError)
    const { message } = failure as StartError
    expect(message).toContain(`The database login "${login.name}" may not prepare the database.`)
    await runStatements(url, message.slice(message.indexOf('run: ') + 5).split('; '))
    expect(await migrate(database)).toEqual(migrations.map(({ name }) => name))
    const id = newId()
    await database.transaction(asSystem, scope => scope.query(insertUser, [id]))
    expect((await database.read(asSystem, scope => scope.query('select id from latchkey.users'))).rows).toEqual([{ id }])
  })

  it('give a copy of a database roles of its own, and none of the rights of the original', async () => {
    const { url, name } = await createDatabase()
    const original = openPostgres({ url, pooled: false, poolSize: 2 })
    await migrate(original)
    const id = newId()
    await original.transaction(asSystem, scope => scope.query(insertUser, [id]))
    const originalRoles = await original.roles()
    // A database that is copied has nobody connected to it.
    await original.close()

    const copy = open((await createDatabase(name)).url)
    expect(await migrate(copy)).toEqual([])
    const look = 'select id from latchkey.users'
    expect((await copy.read(asUser(id), scope => scope.query(look))).rows).toEqual([{ id }])
    const { rows } = await copy.asOwner(owner =>
      owner.execute(`begin; set local role ${originalRoles.system}; set local latchkey.reason = 'start'; ${look}; commit`),
    )
    expect(rows).toEqual([])
  })
})
