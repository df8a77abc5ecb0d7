import type { OwnerSession, SqlDatabase, SqlRow } from '../../adapters/sql/database.ts'
import type { AccessMode } from '../../provider/kernel/access-mode.ts'
import type { Finding } from './finding.ts'

type Kind = AccessMode['kind']

/** Tables, or whole schemas, without row-level security, and why. No access mode's role may read or change any of them. */
const unprotected: Readonly<Record<string, string>> = {
  'latchkey.migrations': 'names of migrations are nobody’s',
  latchkey_jobs: "the job queue's own tables, whose payloads are sealed; scopes add jobs and see none",
}

/** What a role may do with a table of that list after all. */
const rightsWithoutPolicy: Readonly<Record<string, readonly string[]>> = {
  'latchkey_jobs.job': ['insert'],
  // How a kind of job is tried again, which an insert copies.
  'latchkey_jobs.queue': ['select'],
}

const protectionFile = 'adapters/sql/protection.ts'

interface Table {
  name: string
  enabled: boolean
  forced: boolean
  isView: boolean
  rights: Record<Kind, string[]>
  policies: { name: string; roles: string[]; command: string; permissive: string; same: boolean }[]
}

/**
 * Whether each table of a migrated database is under forced row-level security with one policy for each access mode that has
 * rights to it, and no scope that names nobody sees a row. The database has to hold a row in each table: an empty one shows
 * nothing whatever its policies say.
 */
export async function auditTables(database: SqlDatabase): Promise<{ findings: Finding[]; tables: number }> {
  const roles = await database.roles()
  const tables = await database.asOwner(owner => readTables(owner, roles))
  const findings = tables.flatMap(table => (isListed(table.name) ? checkListed(table) : checkProtected(table, roles)))
  const names = tables.map(({ name }) => name)
  for (const entry of Object.keys(unprotected).filter(listed => !names.some(name => belongsTo(name, listed)))) {
    const advice = 'Take it out of the list in test/scoping/table-policies.ts.'
    findings.push({ place: entry, problem: 'needs no policy according to the list, and is not there any more.', advice })
  }
  findings.push(...(await checkRoles(database, Object.values(roles))))
  const scoped = tables.filter(({ name, isView }) => !isListed(name) && !isView)
  findings.push(...(await checkEmptyScopes(database, scoped, roles)))
  return { findings, tables: tables.length }
}

function belongsTo(name: string, listed: string): boolean {
  return name === listed || name.startsWith(`${listed}.`)
}

function isListed(name: string): boolean {
  return Object.keys(unprotected).some(listed => belongsTo(name, listed))
}

const kinds = ['workspace', 'self', 'system'] as const

async function readTables(owner: OwnerSession, roles: Record<Kind, string>): Promise<Table[]> {
  const { rows: tables } = await owner.execute(
    `select pg_class.oid::int, nspname || '.' || relname as name, relrowsecurity as enabled, relforcerowsecurity as forced,
       relkind in ('v', 'm') as view
     from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relkind in ('r', 'p', 'v', 'm', 'f') and nspname !~ '^(pg_|information_schema$)' order by 2`,
  )
  const { rows: policies } = await owner.execute(
    `select polrelid::int as oid, polname as name, polroles::regrole[]::text[] as roles, polcmd::text as command,
       polpermissive as permissive, pg_get_expr(polqual, polrelid) is not distinct from pg_get_expr(polwithcheck, polrelid) as same
     from pg_policy`,
  )
  // A right to one column counts: rows show through it as well.
  const { rows: rights } = await owner.execute(
    `select pg_class.oid::int, rolname as role, privilege from pg_class, pg_roles,
       unnest('{select,insert,update,delete,truncate,references,trigger}'::text[]) as privilege
     where relkind in ('r', 'p', 'v', 'm', 'f') and rolname = any($1) and relnamespace in (
         select oid from pg_namespace where nspname !~ '^(pg_|information_schema$)')
       and case when privilege in ('delete', 'truncate', 'trigger') then has_table_privilege(rolname, pg_class.oid, privilege)
         else has_any_column_privilege(rolname, pg_class.oid, privilege) end`,
    [Object.values(roles)],
  )
  const rightsOf = (table: SqlRow, kind: Kind) =>
    rights.filter(({ oid, role }) => oid === table['oid'] && role === roles[kind]).map(row => String(row['privilege']))
  return tables.map(table => ({
    name: String(table['name']),
    enabled: table['enabled'] === true,
    forced: table['forced'] === true,
    isView: table['view'] === true,
    rights: { workspace: rightsOf(table, 'workspace'), self: rightsOf(table, 'self'), system: rightsOf(table, 'system') },
    policies: policies
      .filter(({ oid }) => oid === table['oid'])
      .map(row => ({
        name: String(row['name']),
        // What PostgreSQL writes for PUBLIC, and quotes where it must.
        roles: (row['roles'] as string[]).map(role => role.replaceAll('"', '')),
        command: String(row['command']),
        permissive: String(row['permissive']),
        same: row['same'] === true,
      })),
  }))
}

function checkListed({ name, rights }: Table): Finding[] {
  return kinds.flatMap(kind => {
    const tooMany = rights[kind].filter(right => !rightsWithoutPolicy[name]?.includes(right))
    if (tooMany.length === 0) return []
    const problem = `has no policy, and the access mode '${kind}' may ${tooMany.join(', ')}.`
    return [{ place: name, problem, advice: `Give it row-level security in ${protectionFile}, or take the right away.` }]
  })
}

function checkProtected(table: Table, roles: Record<Kind, string>): Finding[] {
  const findings: Finding[] = []
  const add = (problem: string, advice = `Say in ${protectionFile} which rows each access mode may touch.`) =>
    findings.push({ place: table.name, problem, advice })
  if (table.isView) {
    add('is a view, which reads with the rights of its owner.', 'Write the statement into its repository instead.')
    return findings
  }
  if (!table.enabled) add('has no row-level security: every role that has a right to it sees every tenant’s rows.')
  else if (!table.forced) add('does not force row-level security upon its owner, who may be the login that serves.')
  for (const kind of kinds) {
    const beyond = table.rights[kind].filter(right => /^(truncate|references|trigger)$/.test(right))
    if (beyond.length > 0) add(`lets the access mode '${kind}' ${beyond.join(', ')}, which no policy holds back.`)
    const own = table.policies.filter(policy => policy.roles.includes(roles[kind]))
    if (table.rights[kind].length > 0 && own.length === 0)
      add(`has no policy for the access mode '${kind}', which has rights to it.`)
    if (own.length > 1)
      add(`has ${own.length} policies for the access mode '${kind}': what one of them shows, none of the others hides.`)
  }
  for (const { name, roles: given, command, permissive, same } of table.policies) {
    if (given.length !== 1 || !Object.values(roles).includes(given[0] ?? ''))
      add(`has the policy '${name}' for ${given.join(', ')}: a policy is for one access mode’s role alone.`)
    if (command !== '*' || permissive !== 'true' || !same)
      add(`has the policy '${name}', which does not say the same of rows that are read and rows that are written.`)
  }
  return findings
}

async function checkRoles(database: SqlDatabase, roles: string[]): Promise<Finding[]> {
  const { rows } = await database.asOwner(owner =>
    owner.execute('select rolname as name from pg_roles where rolname = any($1) and (rolsuper or rolbypassrls or rolcanlogin)', [
      roles,
    ]),
  )
  return rows.map(({ name }) => ({
    place: `role ${String(name)}`,
    problem: 'can log in or go round the policies.',
    advice: 'Roles of access modes are made by adapters/sql/migrate.ts, with neither.',
  }))
}

/** Reads each table as each role, in scopes that name nobody: with the settings empty, and with none. */
async function checkEmptyScopes(
  database: SqlDatabase,
  tables: readonly Table[],
  roles: Record<Kind, string>,
): Promise<Finding[]> {
  const findings: Finding[] = []
  await database.asOwner(async owner => {
    for (const { name, rights } of tables) {
      const readers = kinds.filter(each => rights[each].includes('select'))
      if (readers.length === 0) continue
      const isSeen = readers.includes('system') && (await showsRows(owner, name, roles.system, systemScope))
      if (!isSeen) {
        const advice = 'Plant one in plantTenant (test/support/tenants.ts), or its policies are never tried.'
        const problem = 'holds no row that the system sees, so nobody knows what an empty scope would see of it.'
        findings.push({ place: name, problem, advice })
      }
      for (const kind of readers) {
        for (const [words, settings] of emptyScopes) {
          if (!(await showsRows(owner, name, roles[kind], settings))) continue
          const problem = `shows rows to the access mode '${kind}' ${words}.`
          findings.push({ place: name, problem, advice: `Its condition in ${protectionFile} has to be true for nobody’s scope.` })
          break
        }
      }
    }
  })
  return findings
}

const systemScope = `select set_config('latchkey.reason', 'job', true)`

const emptyScopes = [
  ['in a transaction that set no scope', 'select 1'],
  [
    'where the scope names nobody',
    `select set_config('latchkey.workspace_id', '', true), set_config('latchkey.user_id', '', true), set_config('latchkey.reason', '', true)`,
  ],
] as const

async function showsRows(owner: OwnerSession, table: string, role: string, settings: string): Promise<boolean> {
  await owner.execute('begin')
  try {
    await owner.execute(`set local role ${role}`)
    await owner.execute(settings)
    return (await owner.execute(`select 1 from ${table} limit 1`)).rows.length > 0
  } finally {
    await owner.execute('rollback')
  }
}
