import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SqlRow } from '../../adapters/sql/database.ts'
import { protections } from '../../adapters/sql/protection.ts'
import { type DurableState, openDurableState } from '../support/durable-state.ts'

/** The list of tables that no policy protects, and why: names of migrations are no tenant's, and no scope's role may read them. */
const unprotected = ['migrations']

describe.each(['embedded', 'postgres'] as const)("the database's own catalogue on %s", kind => {
  let state: DurableState
  let roles: string[]
  beforeAll(async () => {
    state = await openDurableState(kind)
    roles = Object.values(await state.database.roles())
  })
  afterAll(() => state?.close())

  const ask = async (text: string, values: unknown[] = []): Promise<SqlRow[]> => (await state.execute(text, values)).rows

  it('has row-level security, forced upon the owner too, and a policy on every table but those of a short list', async () => {
    const tables = await ask(
      `select relname as name, relrowsecurity as enabled, relforcerowsecurity as forced,
         (select count(*)::int from pg_policy where polrelid = pg_class.oid) as policies
       from pg_class where relnamespace = 'latchkey'::regnamespace and relkind in ('r', 'p', 'm', 'f')`,
    )
    const open = tables.filter(({ enabled, forced, policies }) => !enabled || !forced || policies === 0)
    expect(open.map(({ name }) => name)).toEqual(unprotected)
    expect(new Set(tables.map(({ name }) => name))).toEqual(new Set([...Object.keys(protections), ...unprotected]))
  })

  it('has no view and no function that would run as its owner', async () => {
    expect(await ask(`select relname from pg_class where relnamespace = 'latchkey'::regnamespace and relkind = 'v'`)).toEqual([])
    expect(await ask(`select proname from pg_proc where pronamespace = 'latchkey'::regnamespace`)).toEqual([])
  })

  it("makes each policy for one scope's role alone", async () => {
    const policies = await ask(
      `select tablename, policyname, permissive, roles[1] as role, cardinality(roles) as count, with_check = qual as same
       from pg_policies where schemaname = 'latchkey'`,
    )
    for (const { role, count, policyname, permissive, same } of policies) {
      expect(count).toBe(1)
      expect(permissive).toBe('PERMISSIVE')
      expect(same).toBe(true)
      expect(role).toMatch(new RegExp(`^latchkey_${String(policyname)}_\\d+$`))
      expect(roles).toContain(role)
    }
  })

  it('has roles that cannot log in, cannot go round the policies, may make nothing, and own nothing', async () => {
    const found = await ask(
      `select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles where rolname = any($1)`,
      [roles],
    )
    expect(found).toHaveLength(3)
    for (const role of found) expect(Object.values(role)).toEqual([false, false, false, false, false, false])
    for (const role of roles) {
      expect(await ask(`select relname from pg_class where relowner = $1::regrole`, [role])).toEqual([])
      expect(await ask(`select nspname from pg_namespace where nspowner = $1::regrole`, [role])).toEqual([])
      const [rights] = await ask(
        `select has_schema_privilege($1, 'latchkey', 'create') as schema, has_database_privilege($1, current_database(), 'create') as database,
           has_table_privilege($1, 'latchkey.migrations', 'select') as migrations`,
        [role],
      )
      expect(rights).toEqual({ schema: false, database: false, migrations: false })
    }
  })

  it('gives each role what the list of protections says, and nobody else anything', async () => {
    const grants = await ask(
      `select table_name as table, grantee, lower(privilege_type) as right from information_schema.role_table_grants
       where table_schema = 'latchkey' and grantee <> grantor`,
    )
    const [workspace, self, system] = roles
    const expected = Object.entries(protections).flatMap(([table, byMode]) =>
      Object.entries({ workspace, self, system }).flatMap(([mode, grantee]) =>
        (byMode[mode as keyof typeof byMode]?.rights ?? []).map(right => ({ table, grantee, right })),
      ),
    )
    const asSet = (rows: { table?: unknown; grantee?: unknown; right?: unknown }[]) =>
      new Set(rows.map(({ table, grantee, right }) => [table, grantee, right].join(' ')))
    expect(asSet(grants)).toEqual(asSet(expected))
  })

  it('lets a role read and update single columns where the list names them, and nowhere else', async () => {
    const found = await ask(
      `select relname as table, attname as column, grantee::regrole::text as grantee, lower(privilege_type) as right
       from pg_attribute join pg_class on pg_class.oid = attrelid, aclexplode(attacl)
       where relnamespace = 'latchkey'::regnamespace and attacl is not null`,
    )
    const [workspace, self, system] = roles
    const expected = Object.entries(protections).flatMap(([table, byMode]) =>
      Object.entries({ workspace, self, system }).flatMap(([mode, grantee]) =>
        (['readable', 'updatable'] as const).flatMap(kind =>
          (byMode[mode as keyof typeof byMode]?.[kind] ?? []).map(column => ({
            table,
            column,
            grantee,
            right: kind === 'readable' ? 'select' : 'update',
          })),
        ),
      ),
    )
    expect(expected).not.toEqual([])
    const asSet = (rows: object[]) => new Set(rows.map(row => JSON.stringify(row)))
    expect(asSet(found)).toEqual(asSet(expected))
  })

  it.each([
    ['audit_events', ['update', 'delete', 'truncate']],
    ['audit_links', ['update', 'delete', 'truncate']],
    ['audit_keys', ['update', 'delete', 'truncate']],
    // They move on, and are never taken back.
    ['audit_chains', ['delete', 'truncate']],
    ['audit_checkpoints', ['delete', 'truncate']],
  ])('lets nobody undo what stands in %s', async (table, rights) => {
    for (const role of roles) {
      for (const right of rights) {
        const [answer] = await ask('select has_table_privilege($1, $2, $3) as may', [role, `latchkey.${table}`, right])
        expect(answer, `${role} ${right}`).toEqual({ may: false })
      }
    }
  })

  it('has an index for every foreign key and every expiry', async () => {
    const missing = await ask(
      `select conrelid::regclass::text as table, conname from pg_constraint
       where contype = 'f' and connamespace = 'latchkey'::regnamespace and not exists (
         select from pg_index where indrelid = conrelid and indkey[0] = conkey[1])`,
    )
    expect(missing).toEqual([])
    const expiring = await ask(
      `select relname as table from pg_attribute join pg_class on pg_class.oid = attrelid
       where relnamespace = 'latchkey'::regnamespace and relkind = 'r' and attname = 'expires_at' and not exists (
         select from pg_index join pg_attribute as indexed on indexed.attrelid = indrelid and indexed.attnum = indkey[0]
         where indrelid = pg_class.oid and indexed.attname in ('expires_at', 'expires_on'))`,
    )
    // A challenge goes with its attempt; a claim, or a pass, gives way to the next one, and goes with its user.
    expect(new Set(expiring.map(({ table }) => table))).toEqual(new Set(['email_challenges', 'address_claims', 'access_passes']))
  })
})
