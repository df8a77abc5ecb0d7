import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditTables } from '../scoping/table-policies.ts'
import { type DurableState, openDurableState } from '../support/durable-state.ts'
import { plantTenant } from '../support/tenants.ts'

/** Breaches, as a migration could make them: what is done, what undoes it, and what the audit says. */
const breaches = [
  {
    name: 'a table without a policy',
    make: () => 'create table latchkey.forgotten (id uuid)',
    undo: 'drop table latchkey.forgotten',
    says: /latchkey\.forgotten has no row-level security/,
  },
  {
    name: 'a table in a schema of its own',
    make: () => 'create schema elsewhere; create table elsewhere.forgotten (id uuid)',
    undo: 'drop schema elsewhere cascade',
    says: /elsewhere\.forgotten has no row-level security/,
  },
  {
    name: 'a table whose policies were switched off',
    make: () => 'alter table latchkey.grants disable row level security',
    undo: 'alter table latchkey.grants enable row level security',
    says: /latchkey\.grants has no row-level security.*shows rows to the access mode 'workspace'/s,
  },
  {
    name: 'a table that its owner sees all of',
    make: () => 'alter table latchkey.grants no force row level security',
    undo: 'alter table latchkey.grants force row level security',
    says: /latchkey\.grants does not force/,
  },
  {
    name: 'an access mode with rights and without a policy',
    make: ({ self }: Roles) => `grant select on latchkey.invitations to ${self}`,
    undo: ({ self }: Roles) => `revoke select on latchkey.invitations from ${self}`,
    says: /latchkey\.invitations has no policy for the access mode 'self'/,
  },
  {
    name: 'a policy that lets an empty scope see rows',
    make: ({ workspace }: Roles) =>
      `create policy lenient on latchkey.attempts to ${workspace}
         using (coalesce(current_setting('latchkey.workspace_id', true), '') = '')
         with check (coalesce(current_setting('latchkey.workspace_id', true), '') = '');
       grant select on latchkey.attempts to ${workspace}`,
    undo: ({ workspace }: Roles) =>
      `drop policy lenient on latchkey.attempts; revoke select on latchkey.attempts from ${workspace}`,
    says: /latchkey\.attempts shows rows to the access mode 'workspace'/,
  },
  {
    name: 'a second policy beside the first',
    make: ({ self }: Roles) => `create policy more on latchkey.sessions to ${self} using (true) with check (true)`,
    undo: 'drop policy more on latchkey.sessions',
    says: /latchkey\.sessions has 2 policies.*latchkey\.sessions shows rows to the access mode 'self'/s,
  },
  {
    name: 'a policy for everybody',
    make: () => 'create policy anybody on latchkey.sessions to public using (false) with check (false)',
    undo: 'drop policy anybody on latchkey.sessions',
    says: /latchkey\.sessions has the policy 'anybody'/,
  },
  {
    name: 'a policy that lets in what it does not show',
    make: ({ self }: Roles) =>
      `drop policy self on latchkey.consents; create policy self on latchkey.consents to ${self} using (false) with check (true)`,
    undo: ({ self }: Roles) =>
      `drop policy self on latchkey.consents; create policy self on latchkey.consents to ${self}
         using (user_id = nullif(current_setting('latchkey.user_id', true), '')::uuid)
         with check (user_id = nullif(current_setting('latchkey.user_id', true), '')::uuid)`,
    says: /latchkey\.consents has the policy 'self', which does not say the same/,
  },
  {
    name: 'a right that no policy holds back',
    make: ({ workspace }: Roles) => `grant truncate on latchkey.memberships to ${workspace}`,
    undo: ({ workspace }: Roles) => `revoke truncate on latchkey.memberships from ${workspace}`,
    says: /latchkey\.memberships lets the access mode 'workspace' truncate/,
  },
  {
    name: 'a view',
    make: () => 'create view latchkey.everybody as select id from latchkey.users',
    undo: 'drop view latchkey.everybody',
    says: /latchkey\.everybody is a view/,
  },
  {
    name: 'jobs that a scope can read',
    make: ({ workspace }: Roles) => `grant select on latchkey_jobs.job to ${workspace}`,
    undo: ({ workspace }: Roles) => `revoke select on latchkey_jobs.job from ${workspace}`,
    says: /latchkey_jobs\.job has no policy, and the access mode 'workspace' may select/,
  },
]

type Roles = Awaited<ReturnType<DurableState['database']['roles']>>

describe.each(['embedded', 'postgres'] as const)('the audit of tables on %s', kind => {
  let state: DurableState
  beforeAll(async () => {
    state = await openDurableState(kind)
  })
  afterAll(() => state?.close())

  const audit = async () =>
    (await auditTables(state.database)).findings.map(({ place, problem }) => `${place} ${problem}`).join('\n')

  it('wants a row in each table before it believes anything', async () => {
    expect(await audit()).toContain('latchkey.invitations holds no row')
    await plantTenant(state.data)
    expect(await audit()).toBe('')
  })

  it.each(breaches)('sees $name', async ({ make, undo, says }) => {
    const roles = await state.database.roles()
    await state.execute(make(roles))
    try {
      expect(await audit()).toMatch(says)
    } finally {
      await state.execute(typeof undo === 'string' ? undo : undo(roles))
    }
    expect(await audit()).toBe('')
  })
})
