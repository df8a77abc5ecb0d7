import { EventEmitter } from 'node:events'
import {
  Client,
  type ClientBase,
  type ClientConfig,
  type Connection,
  Pool,
  type PoolClient,
  type QueryConfig,
  type Submittable,
} from 'pg'
import { AppError } from '../../provider/kernel/errors.ts'
import type { ScopeRoles, SqlDatabase, SqlResult } from './database.ts'
import { describeSqlError } from './errors.ts'
import { type Command, Flight, KnownStatements, type Link, type Reply } from './flight.ts'
import { databaseNumberQuery, nameRoles } from './roles.ts'
import { assertOutsideTransaction, type LinkSource, runRead, runTransaction, runUnscoped } from './scope.ts'
import { SharedFlights } from './shared-flights.ts'

export interface PostgresOptions {
  url: string
  /** The login that owns the tables, connected directly. Without it, `url` owns them. */
  migrationUrl?: string | undefined
  /** Whether `url` leads to a pooler in transaction mode, behind which nothing of a session can be relied on. */
  pooled: boolean
  poolSize: number
}

// A server that vanished or hangs without a word is noticed after this long: nothing that is asked while serving takes a second.
const answerLimitMilliseconds = 10_000
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
  const announcements = new EventEmitter()
  const source: LinkSource = {
    announcements,
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
    transaction: (mode, work) => runTransaction(source, mode, work),
    read: (mode, work) => runRead(source, mode, work),
    execute: (text, values) => (values ? runUnscoped(source, text, values) : execute(text)),
    listen: (topic, listener) => {
      announcements.on(topic, listener)
      return () => void announcements.off(topic, listener)
    },
    roles: () => source.roles(),
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

const knownStatements = new WeakMap<Client, KnownStatements>()

async function acquireLink(pool: Pool, pooled: boolean): Promise<Link> {
  let client: PoolClient
  try {
    client = await pool.connect()
  } catch (error) {
    throw describeSqlError(error)
  }
  let known = knownStatements.get(client)
  if (!known) {
    known = new KnownStatements()
    knownStatements.set(client, known)
  }
  return new PostgresLink(client, known, !pooled)
}

class PostgresLink implements Link {
  readonly #client: PoolClient
  readonly #known: KnownStatements
  readonly #keepsStatements: boolean
  #broken = false

  constructor(client: PoolClient, known: KnownStatements, keepsStatements: boolean) {
    this.#client = client
    this.#known = known
    this.#keepsStatements = keepsStatements
  }

  async fly(commands: Command[]): Promise<Reply> {
    // Behind a pooler the next transaction may meet another server process, which has not seen the statement.
    const flying = this.#keepsStatements ? commands : commands.map(command => ({ ...command, name: '' }))
    return new Promise(resolve => {
      const timer = setTimeout(() => {
        this.#broken = true
        this.#client.connection.stream.destroy()
        resolve({ results: [], tag: '', error: new AppError('unavailable', { cause: new Error('no answer in time') }) })
      }, answerLimitMilliseconds)
      const flight = new Flight(flying, this.#known)
      this.#client.query(
        new SubmittedFlight(flight, () => {
          clearTimeout(timer)
          resolve(flight.reply)
        }),
      )
    })
  }

  release(): void {
    // Anything but idle: a transaction block is open still, or the connection is gone.
    this.#client.release(this.#broken || this.#client.getTransactionStatus() !== 'I')
  }
}

/** What pg calls while the answer to a submitted query arrives (as pg-cursor and pg-query-stream have it). */
class SubmittedFlight implements Submittable {
  readonly #flight: Flight
  readonly #finish: () => void

  constructor(flight: Flight, finish: () => void) {
    this.#flight = flight
    this.#finish = finish
  }

  submit(connection: Connection): void {
    // One write for all messages, instead of one each.
    connection.stream.cork()
    try {
      this.#flight.send({
        parse: ({ name, text }) => connection.parse({ name, text, types: [] }, true),
        bind: ({ statement, values }) => connection.bind({ statement, values }, true),
        describePortal: () => connection.describe({ type: 'P', name: '' }, true),
        execute: () => connection.execute({}, true),
        closeStatement: name => connection.close({ type: 'S', name }, true),
        sync: () => connection.sync(),
      })
    } finally {
      connection.stream.uncork()
    }
  }

  handleRowDescription(message: { fields: { name: string; dataTypeID: number }[] }): void {
    this.#flight.receiveColumns(message.fields)
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    this.#flight.receiveRow(message.fields)
  }

  handleCommandComplete(message: { text: string }): void {
    this.#flight.completeCommand(message.text)
  }

  handleError(error: unknown): void {
    this.#flight.fail(error)
    this.#finish()
  }

  handleReadyForQuery(): void {
    this.#finish()
  }
}
