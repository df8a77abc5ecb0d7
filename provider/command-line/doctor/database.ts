import type { SqlDatabase } from '../../../adapters/sql/database.ts'
import { migrations } from '../../../adapters/sql/migrations/list.ts'
import { AppError } from '../../kernel/errors.ts'
import type { ClockReading } from './clock.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

/** What the doctor asks a database that it could open. */
export async function checkDatabase(database: SqlDatabase): Promise<Finding[]> {
  const { rows } = await database.execute(`select current_setting('server_version') as version`)
  const server = database.kind === 'embedded' ? 'The embedded database' : `PostgreSQL ${String(rows[0]?.['version'])}`
  const unready = await checkMigrations(database)
  if (unready?.verdict === 'problem') return [unready]
  const findings = [
    unready,
    ...(database.kind === 'embedded' ? [] : await checkLogin(database)),
    await checkRowSecurity(database),
  ]
  const wrong = findings.filter(finding => finding !== undefined)
  return wrong.length > 0
    ? wrong
    : [ok('database', `${server} answers, is up to date, and keeps tenants apart by row-level security.`)]
}

/** An embedded database has no clock of its own. */
export async function readDatabaseClock(database: SqlDatabase): Promise<ClockReading[]> {
  if (database.kind === 'embedded') return []
  const askedAt = Date.now()
  const { rows } = await database.execute('select extract(epoch from clock_timestamp())::float8 * 1000 as now')
  return [{ whose: 'the database', askedAt, time: Number(rows[0]?.['now']), answeredAt: Date.now() }]
}

async function checkMigrations(database: SqlDatabase): Promise<Finding | undefined> {
  const remedy = 'Run "latchkey migrate", or start the server: a start does the same.'
  try {
    const applied = await database.asOwner(async owner => {
      const { rows: found } = await owner.execute(`select to_regclass('latchkey.migrations') is not null as found`)
      return found[0]?.['found'] === true ? (await owner.execute('select name from latchkey.migrations')).rows : undefined
    })
    if (applied === undefined) return problem('database', 'The database holds nothing of Latchkey yet.', remedy)
    const names = new Set(applied.map(row => row['name']))
    const missing = migrations.filter(({ name }) => !names.has(name)).map(({ name }) => name)
    return missing.length > 0
      ? problem('database', `Migrations of this version are missing: ${missing.join(', ')}.`, remedy)
      : undefined
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'forbidden')) throw error
    return warning(
      'database',
      'This login may not see which migrations were applied.',
      'Give the doctor DATABASE_MIGRATION_URL too.',
    )
  }
}

/** A login that is above row-level security makes the second wall between tenants worthless. */
async function checkLogin(database: SqlDatabase): Promise<Finding[]> {
  const roles = Object.values(await database.roles())
  const { rows: mighty } = await database.execute(
    'select rolname as name from pg_roles where (rolname = current_user or rolname = any($1)) and (rolsuper or rolbypassrls)',
    [roles],
  )
  const { rows: owned } = await database.execute(
    `select from pg_class where relnamespace = 'latchkey'::regnamespace and relowner = current_user::regrole limit 1`,
  )
  const findings: Finding[] = []
  if (mighty.length === 0 && !(await mayTakeRoles(database, roles))) {
    const remedy =
      'Run "latchkey migrate" with this DATABASE_URL, and with the login that made the roles as DATABASE_MIGRATION_URL.'
    findings.push(problem('database', `This login may not take on the roles ${roles.join(', ')}.`, remedy))
  }
  for (const { name } of mighty) {
    const remedy = `Let an administrator run: ALTER ROLE "${String(name)}" NOSUPERUSER NOBYPASSRLS; or serve with another login.`
    findings.push(problem('database', `The login ${String(name)} bypasses row-level security.`, remedy))
  }
  if (owned.length > 0 && mighty.length === 0) {
    const remedy =
      'Give migrations a login of their own in DATABASE_MIGRATION_URL, which owns the tables, and serve with one that owns nothing.'
    findings.push(warning('database', 'The login that serves owns the tables, and so could lift their protection.', remedy))
  }
  return findings
}

async function mayTakeRoles(database: SqlDatabase, roles: string[]): Promise<boolean> {
  // Since PostgreSQL 16 a member of a role may or may not take it on.
  const { rows } = await database.execute(
    `select bool_and(pg_has_role(rolname, case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end))
       and count(*) = cardinality($1::text[]) as allowed from pg_roles where rolname = any($1::text[])`,
    [roles],
  )
  return rows[0]?.['allowed'] === true
}

async function checkRowSecurity(database: SqlDatabase): Promise<Finding | undefined> {
  const { rows } = await database.execute(
    `select relname as name from pg_class
     where relnamespace = 'latchkey'::regnamespace and relkind in ('r', 'p') and relname <> 'migrations'
       and not (relrowsecurity and relforcerowsecurity and exists (select from pg_policy where polrelid = pg_class.oid))
     order by relname`,
  )
  if (rows.length === 0) return undefined
  const names = rows.map(row => String(row['name']))
  const statements = names.map(name => `ALTER TABLE latchkey.${name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`)
  const remedy = `Find out who changed it. As the owner of the tables run: ${statements.join('; ')}`
  return problem('database', `Row-level security is not in force on: ${names.join(', ')}.`, remedy)
}
