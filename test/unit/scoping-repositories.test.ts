import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseSource, readSources } from '../scoping/finding.ts'
import { auditRepositorySources } from '../scoping/repository-sources.ts'

const tree = readSources(join(import.meta.dirname, '../..'))

function auditWith(path: string, text: string): string[] {
  const sources = [...tree, parseSource(path, text)]
  return auditRepositorySources(sources).findings.map(({ place, problem }) => `${place} ${problem}`)
}

it('finds nothing to mend in the product, and found the repositories', () => {
  const { findings, repositories } = auditRepositorySources(tree)
  expect(findings).toEqual([])
  expect(repositories).toBeGreaterThan(25)
})

it.each([
  ["import type { Pool } from 'pg'\nexport function createARepository(pool: Pool) {}", /imports pg.*takes a bare.*SqlScope/],
  ['export function createARepository(scope: SqlScope, pool: Pool) {}', /takes a bare connection \(Pool\)/],
  [
    'export function createARepository(database: SqlDatabase) {}',
    /takes a bare connection \(SqlDatabase\).*does not take an SqlScope/,
  ],
  ['export function createARepository(link: Link) {}', /takes a bare connection \(Link\)/],
  ['export function createARepository(scope) {}', /does not take an SqlScope/],
  ["import { PGlite } from '@electric-sql/pglite'", /imports @electric-sql/],
  [
    "export async function find() { return queries.selectFrom('users').selectAll().executeTakeFirst() }",
    /on a connection of its own/,
  ],
  [
    'export function find(scope: SqlScope, database: { execute(text: string): void }) { database.execute(text) }',
    /outside any scope/,
  ],
])('sees the repository with a bare connection in %s', (text, problem) => {
  expect(auditWith('adapters/sql/repositories/a.ts', text).join(' ')).toMatch(problem)
})

it.each([
  "const text = 'select id from latchkey.users'",
  "const text = `update latchkey.users set status = 'active' where id = ${id}`",
  "const text = 'DELETE FROM users'",
  "const text = 'insert into users values ($1)'",
  "const text = 'set local role postgres'",
  "const text = 'alter table latchkey.users no force row level security'",
  "import { sql } from 'kysely'",
  "import { Client } from 'pg'",
])('sees SQL where there is no scope in %s', text => {
  expect(auditWith('provider/users/a.ts', text)).toHaveLength(1)
})

it.each([
  "const text = 'Select one from the list.'",
  "const text = 'Update your settings'",
  "const text = 'selected from below'",
])('takes no sentence for SQL: %s', text => {
  expect(auditWith('views/a.ts', text)).toEqual([])
})

it('sees whoever goes round the scopes', () => {
  expect(auditWith('provider/users/a.ts', 'database.asOwner(work)')).toEqual([expect.stringContaining('outside any scope')])
  const door = "import { createUserRepository } from '../../adapters/sql/repositories/users.ts'"
  expect(auditWith('provider/users/a.ts', door)).toEqual([expect.stringContaining('makes a repository by itself')])
})
