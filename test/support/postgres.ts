import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { runStatements } from './servers.ts'

export type TestDatabase = {
  /** The login of `serverUrl`, which owns the database. */
  url: string
  /** Ends what is still connected, and removes the database. */
  drop(): Promise<void>
}

/**
 * An empty database on the run's PostgreSQL, for one test file or one test. `serverUrl` is a login that may create databases
 * and logins; the global set-up provides it.
 */
export async function createTestDatabase(serverUrl: string = inject('postgresUrl')): Promise<TestDatabase> {
  const name = `latchkey_test_${randomBytes(6).toString('hex')}`
  await runStatements(serverUrl, [`CREATE DATABASE ${name}`])
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => runStatements(serverUrl, [`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`]) }
}
