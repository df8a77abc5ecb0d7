import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'
import { runStatements } from './servers.ts'

export type TestDatabase = {
  /** The login of the run's own, which owns the database. */
  url: string
  /** The same database by way of PgBouncer in transaction mode. */
  pooledUrl: string
  /** Ends what is still connected, and removes the database. */
  drop(): Promise<void>
}

/**
 * An empty database on the run's PostgreSQL, for one test file or one test; its login may create databases and logins.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = inject('postgresUrl')
  const name = `latchkey_test_${randomBytes(6).toString('hex')}`
  await runStatements(serverUrl, [`CREATE DATABASE ${name}`])
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const pooled = new URL(inject('pgBouncerUrl'))
  pooled.pathname = url.pathname
  return { url: url.href, pooledUrl: pooled.href, drop: () => dropDatabase(serverUrl, name) }
}

/** Roles are the cluster's and outlive the database that they were made for, whose number is in their names. */
async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ role: string }>(
      "SELECT rolname AS role FROM pg_database JOIN pg_roles ON rolname ~ ('^latchkey_(workspace|self|system)_' || pg_database.oid || '$') WHERE datname = $1",
      [name],
    )
    // WITH (FORCE) would be shorter, and fails where autovacuum, which is the superuser's, happens to be at work in the database.
    await client.query(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false`)
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = current_user', [
      name,
    ])
    await client.query(`DROP DATABASE ${name}`)
    for (const { role } of rows) await client.query(`DROP ROLE ${role}`)
  } finally {
    await client.end()
  }
}
