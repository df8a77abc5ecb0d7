import type { Client, Connection, Pool, PoolClient, Submittable } from 'pg'
import { AppError } from '../../provider/kernel/errors.ts'
import { describeSqlError } from './errors.ts'
import { type Command, Flight, KnownStatements, type Link, type Reply } from './flight.ts'

// A server that vanished or hangs without a word is noticed after this long: nothing that is asked while serving takes a second.
export const answerLimitMilliseconds = 10_000

const knownStatements = new WeakMap<Client, KnownStatements>()

/** A connection of the pool's; `pooled`: behind a pooler in transaction mode. */
export async function acquireLink(pool: Pool, pooled: boolean): Promise<Link> {
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
