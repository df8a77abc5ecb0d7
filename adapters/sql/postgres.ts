import { EventEmitter } from 'node:events'
import { Client, type ClientBase, type ClientConfig, Pool, type QueryConfig } from 'pg'
import type { ScopeRoles, SqlDatabase, SqlResult } from './database.ts'
import { describeSqlError } from './errors.ts'
import { acquireLink, answerLimitMilliseconds } from './postgres-link.ts'
import { databaseNumberQuery, nameRoles } from './roles.ts'
import { assertOutsideTransaction, describeWork, type LinkSource } from './scope.ts'
import { SharedFlights } from './shared-flights.ts'

export interface PostgresOptions {
  url: string
  /** The login that owns the tables, connected directly. Without it, `url` owns them. */
  migrationUrl?: string | undefined
  /** Whether `url` leads to a pooler in transaction mode, behind which nothing of a session can be relied on. */
  pooled: boolean
  poolSize: number
}

const connectLimitMilliseconds = 5_000

// Every lookup has an index, and the same plan is right for all values: so a plan is made once, whatever the tables' statistics
// say in an installation's first minutes. A transaction that its process forgot is ended, and so is a statement whose answer
// nobody waits for any more.
const sessionSettings = `set timezone = 'UTC'; set datestyle = 'ISO'; set plan_cache_mode = force_generic_plan;
  set enable_seqscan = off; set jit = off; set idle_in_transaction_session_timeout = '60s';
  set statement_timeout = ${answerLimitMilliseconds}`

/** Opens nothing yet: connections are made as they are needed, and again after the server was away. */
export function openPostgres({ url, migrationUrl, pooled, poolSize }: PostgresOptions): SqlDatabase {
  const network: ClientConfig = { keepAlive: true, keepAliveInitialDelayMillis: 10_000, application_name: 'latchkey' }
  const pool = new Pool({
    ...network,
    connectionString: url,
    max: poolSize,
    idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: connectLimitMilliseconds,
    // pg awaits what this returns before it hands the connection out.
    ...(pooled ? {} : { onConnect: client => query(client, sessionSettings) as unknown as void }),
  })
  // A connection that breaks tells whoever is using it; without these listeners it would end the process as well.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))

  let roles: Promise<ScopeRoles> | undefined
  const source: LinkSource = {
    announcements: new EventEmitter(),
    flights: new SharedFlights(() => acquireLink(pool, pooled)),
    acquire: () => acquireLink(pool, pooled),
    roles: () => {
      roles ??= execute(databaseNumberQuery).then(
        ({ rows: [row] }) => nameRoles(String(row?.['oid'])),
        (error: unknown) => {
          roles = undefined
          throw error
        },
      )
      return roles
    },
  }

  async function execute(text: string): Promise<SqlResult> {
    assertOutsideTransaction()
    try {
      return flatten(await query(pool, text))
    } catch (error) {
      throw describeSqlError(error)
    }
  }

  return {
    kind: 'postgres',
    ...describeWork(source, execute),
    asOwner: async work => {
      assertOutsideTransaction()
      const servingLogin = String((await execute('select current_user as login')).rows[0]?.['login'])
      const client = new Client({
        ...network,
        connectionString: migrationUrl ?? url,
        connectionTimeoutMillis: connectLimitMilliseconds,
      })
      client.on('error', () => {})
      try {
        await client.connect()
      } catch (error) {
        throw describeSqlError(error)
      }
      try {
        return await work({
          servingLogin,
          execute: async (text, values) => {
            try {
              return flatten(await client.query(text, values === undefined ? undefined : [...values]))
            } catch (error) {
              throw describeSqlError(error)
            }
          },
        })
      } finally {
        await client.end().catch(() => {})
      }
    },
    ping: async () => {
      await execute('select 1')
    },
    close: () => pool.end(),
  }
}

/** Statements without values. What gets no answer in time fails, and its connection with it. */
function query(on: Pool | ClientBase, text: string): Promise<unknown> {
  // pg reads the limit from the query as well as from the client (its types know the latter alone), where it would hold for
  // flights, too, and cost each a timer more.
  return on.query({ text, query_timeout: answerLimitMilliseconds } as QueryConfig)
}

/** pg answers with a list where a text held several statements. */
function flatten(answer: unknown): SqlResult {
  const results = (Array.isArray(answer) ? answer : [answer]) as { rows: SqlResult['rows']; rowCount: number | null }[]
  return { rows: results.flatMap(({ rows }) => rows), count: results.at(-1)?.rowCount ?? 0 }
}
