import { hash } from 'node:crypto'
import { AppError, StartError } from '../../provider/kernel/errors.ts'
import type { OwnerSession, ScopeRoles, SqlDatabase } from './database.ts'
import { migrations } from './migrations/list.ts'
import { describeProtection } from './protection.ts'

// Any number, the same for every version of Latchkey; advisory locks are per database.
const migrationLock = 4_201_650_117

/**
 * Brings the schema, the roles and their rights to the state of this version, in one transaction: all of it or nothing. Several
 * nodes may call it at once: one works, the others wait for it. Answers the names of the migrations that it applied. Rejects with
 * StartError where the database is newer than this version, or its login may not do what has to be done.
 */
export async function migrate(database: SqlDatabase): Promise<string[]> {
  const roles = await database.roles()
  return database.asOwner(async owner => {
    await owner.execute('begin')
    try {
      await owner.execute('select pg_advisory_xact_lock($1)', [migrationLock])
      const version = await readServerVersion(owner)
      const applied = await applyMigrations(owner)
      await createRoles(owner, roles, version)
      await protectTables(owner, roles)
      await owner.execute('commit')
      return applied
    } catch (error) {
      await owner.execute('rollback').catch(() => {})
      throw error instanceof AppError && error.code === 'forbidden' ? await describeMissingRight(owner, roles, error) : error
    }
  })
}

async function readServerVersion(owner: OwnerSession): Promise<number> {
  const { rows } = await owner.execute(`select current_setting('server_version_num')::integer as version`)
  const version = Number(rows[0]?.['version'])
  if (version < 150_000) throw new StartError('DATABASE_URL: PostgreSQL 15 or newer is needed; this server is older')
  return version
}

async function applyMigrations(owner: OwnerSession): Promise<string[]> {
  const done = await readApplied(owner)
  const known = new Set(migrations.map(({ name }) => name))
  const newer = [...done.keys()].filter(name => name !== 'protection' && !known.has(name))
  if (newer.length > 0) {
    throw new StartError(`The database was migrated by a newer version of Latchkey (${newer.join(', ')}): start that version`)
  }
  const applied: string[] = []
  for (const { name, text } of migrations) {
    const fingerprint = takeFingerprint(text)
    const before = done.get(name)
    if (before === fingerprint) continue
    if (before !== undefined) throw new StartError(`Migration ${name} is not the one that was applied to this database`)
    await owner.execute(text)
    await record(owner, name, fingerprint)
    applied.push(name)
  }
  return applied
}

/** What was applied, by name, with its fingerprint. */
async function readApplied(owner: OwnerSession): Promise<Map<string, string>> {
  const { rows: found } = await owner.execute(`select to_regclass('latchkey.migrations') is not null as found`)
  if (!found[0]?.['found']) {
    // Not "create schema if not exists": that asks for the right to create one even where there is one.
    const { rows } = await owner.execute(`select from pg_namespace where nspname = 'latchkey'`)
    if (rows.length === 0) await owner.execute('create schema latchkey')
    await owner.execute(
      'create table latchkey.migrations (name text primary key, fingerprint text not null, applied_at timestamptz not null)',
    )
    return new Map()
  }
  const { rows } = await owner.execute('select name, fingerprint from latchkey.migrations')
  return new Map(rows.map(row => [String(row['name']), String(row['fingerprint'])]))
}

/** Roles are the cluster's: one may be left over from a database that is gone, or made by an administrator beforehand. */
async function createRoles(owner: OwnerSession, roles: ScopeRoles, version: number): Promise<void> {
  const login = owner.servingLogin
  // Since PostgreSQL 16, a membership may or may not carry the right to SET ROLE, and the one that a role's maker gets doesn't.
  const membership = version >= 160_000 ? 'set' : 'member'
  const options = version >= 160_000 ? 'with inherit true, set true' : ''
  for (const role of Object.values(roles)) {
    const { rows } = await owner.execute('select from pg_roles where rolname = $1', [role])
    if (rows.length === 0) await owner.execute(`create role ${role} nologin`)
    const { rows: held } = await owner.execute('select pg_has_role($1, $2, $3) as held', [login, role, membership])
    if (!held[0]?.['held']) await owner.execute(`grant ${role} to ${quoteIdentifier(login)} ${options}`)
  }
}

async function protectTables(owner: OwnerSession, roles: ScopeRoles): Promise<void> {
  const text = describeProtection(roles)
  const fingerprint = takeFingerprint(text)
  // The roles' names are in it, so that a copy of the database, which has another number, is protected for its own roles.
  if ((await readApplied(owner)).get('protection') === fingerprint) return
  await owner.execute(text)
  await record(owner, 'protection', fingerprint)
}

async function record(owner: OwnerSession, name: string, fingerprint: string): Promise<void> {
  await owner.execute(
    `insert into latchkey.migrations (name, fingerprint, applied_at) values ($1, $2, now())
     on conflict (name) do update set fingerprint = excluded.fingerprint, applied_at = excluded.applied_at`,
    [name, fingerprint],
  )
}

async function describeMissingRight(owner: OwnerSession, roles: ScopeRoles, cause: AppError): Promise<StartError> {
  const { rows } = await owner.execute('select current_user as login, current_database() as name')
  const login = quoteIdentifier(String(rows[0]?.['login']))
  const names = Object.values(roles)
  const statements = [
    `GRANT CREATE ON DATABASE ${quoteIdentifier(String(rows[0]?.['name']))} TO ${login}`,
    ...names.map(name => `CREATE ROLE ${name} NOLOGIN`),
    `GRANT ${names.join(', ')} TO ${quoteIdentifier(owner.servingLogin)}`,
  ]
  return new StartError(
    `The database login ${login} may not prepare the database. Give it CREATEROLE, or let an administrator run: ${statements.join('; ')}`,
    { cause },
  )
}

function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function takeFingerprint(text: string): string {
  return hash('sha256', text, 'hex')
}
