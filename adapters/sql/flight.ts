import type { SqlResult, SqlRow } from './database.ts'
import { findDecoder, type WireValue } from './values.ts'

/** One statement with its values, ready to travel. A command without a name is parsed anew each time. */
export interface Command {
  readonly name: string
  readonly text: string
  readonly values: WireValue[]
}

/** What came back: a result for each command up to the one that failed, and why it failed. */
export interface Reply {
  results: SqlResult[]
  /** The last command's tag, such as COMMIT or ROLLBACK. */
  tag: string
  error?: unknown
}

/** One connection, ours alone until it is released. */
export interface Link {
  /** Never rejects: what went wrong is in the reply. */
  fly(commands: Command[]): Promise<Reply>
  /** Gives the connection back, or ends it where it is not fit to be used again. */
  release(): void
}

/** The messages of the extended query protocol that a flight is made of (PostgreSQL manual, "Message Formats"). */
export interface Wire {
  parse(message: { name: string; text: string }): void
  bind(message: { statement: string; values: WireValue[] }): void
  describePortal(): void
  execute(): void
  closeStatement(name: string): void
  sync(): void
}

interface Column {
  name: string
  decode: (text: string) => unknown
}

/** What one connection's server side keeps: the statements parsed there, with the columns of their rows. */
export class KnownStatements {
  readonly columns = new Map<string, Column[]>()
  /** A statement that failed may or may not have been kept: it is closed before it is parsed again. */
  readonly doubtful = new Set<string>()
}

/**
 * Several commands with one Sync behind them: one write, one answer, one wake-up on either side. Outside a transaction block the
 * server runs all of them as one transaction, which ends at the Sync; an error skips the rest up to there.
 */
export class Flight {
  readonly #commands: readonly Command[]
  readonly #known: KnownStatements
  readonly #reply: Reply = { results: [], tag: '' }
  #columns: Column[] | undefined
  #rows: SqlRow[] = []

  constructor(commands: readonly Command[], known: KnownStatements) {
    this.#commands = commands
    this.#known = known
  }

  send(wire: Wire): void {
    const parsedHere = new Set<string>()
    for (const { name, text, values } of this.#commands) {
      const isKnown = name !== '' && this.#known.columns.has(name)
      if (!isKnown && !parsedHere.has(name)) {
        if (this.#known.doubtful.has(name)) wire.closeStatement(name)
        wire.parse({ name, text })
        if (name !== '') parsedHere.add(name)
      }
      wire.bind({ statement: name, values })
      if (!isKnown) wire.describePortal()
      wire.execute()
    }
    wire.sync()
  }

  receiveColumns(fields: readonly { name: string; dataTypeID: number }[]): void {
    this.#columns = fields.map(field => ({ name: field.name, decode: findDecoder(field.dataTypeID) }))
  }

  receiveRow(fields: readonly (string | null)[]): void {
    this.#columns ??= this.#known.columns.get(this.#current.name) ?? []
    const row: SqlRow = {}
    for (const [index, { name, decode }] of this.#columns.entries()) {
      const text = fields[index] ?? null
      row[name] = text === null ? null : decode(text)
    }
    this.#rows.push(row)
  }

  /** `tag` is "SELECT 1", "INSERT 0 1", "COMMIT" … */
  completeCommand(tag: string): void {
    const { name } = this.#current
    if (name !== '' && !this.#known.columns.has(name)) {
      this.#known.columns.set(name, this.#columns ?? [])
      this.#known.doubtful.delete(name)
    }
    this.#reply.results.push({ rows: this.#rows, count: Number(tag.slice(tag.lastIndexOf(' ') + 1)) || 0 })
    this.#reply.tag = tag
    this.#columns = undefined
    this.#rows = []
  }

  fail(error: unknown): void {
    if ('error' in this.#reply) return
    this.#reply.error = error
    const failed = this.#commands[this.#reply.results.length]
    if (failed === undefined || failed.name === '') return
    this.#known.columns.delete(failed.name)
    this.#known.doubtful.add(failed.name)
  }

  get reply(): Reply {
    return this.#reply
  }

  get #current(): Command {
    const command = this.#commands[this.#reply.results.length]
    if (command === undefined) throw new Error('the database answered more than it was asked')
    return command
  }
}
