import type { AccessMode } from '../../provider/kernel/access-mode.ts'
import type { SqlValue } from './values.ts'

export type SqlRow = Record<string, unknown>

export interface SqlResult {
  rows: SqlRow[]
  /** How many rows the command returned or changed. */
  count: number
}

/**
 * One SQL statement, compiled once, with named parameters. Made by `prepare` (statement.ts), which ties `Parameters` and `Row`
 * to the schema.
 */
export interface Statement<Parameters, Row> {
  readonly text: string
  /** The values of `$1`, `$2` … for these parameters. */
  values(parameters: Parameters): SqlValue[]
  /** The name under which a connection keeps it for a role: Postgres plans again where the role has changed. */
  name(kind: AccessMode['kind']): string
  /** Never called: it carries the type of a row. */
  readonly row?: Row
}

/**
 * The inside of one transaction, under one access mode. Statements that are asked for together (in one turn of the event loop,
 * say by `Promise.all`) travel together: one round trip for all of them. They run in the order in which they were asked for.
 */
export interface SqlScope {
  readonly mode: AccessMode
  run<Parameters, Row>(statement: Statement<Parameters, Row>, parameters: Parameters): Promise<Row[]>
  /** Runs it and answers how many rows it changed. */
  change<Parameters>(statement: Statement<Parameters, unknown>, parameters: Parameters): Promise<number>
  /**
   * For a change whose outcome nobody asks for: it travels with whatever is asked next, and at the latest with the commit, which
   * saves a round trip. Resolves at once; where the statement fails, so does the transaction.
   */
  post<Parameters>(statement: Statement<Parameters, unknown>, parameters: Parameters): Promise<void>
  /** One statement that somebody else wrote: the job queue's. */
  query(text: string, values?: readonly unknown[]): Promise<SqlResult>
  /** Tells `news` to those who `listen` for the topic in this process, when the transaction has committed, and not otherwise. */
  announce(topic: string, news?: unknown): void
  /** Whether anybody in this process listens for the topic. */
  isHeard(topic: string): boolean
}

/** A session without a scope, as the login that owns the tables: for migrations. */
export interface OwnerSession {
  /** Without values, `text` may hold several statements; their rows come in one list. */
  execute(text: string, values?: readonly unknown[]): Promise<SqlResult>
  /** The login that serves requests: it is given what it needs, and owns nothing where migrations have a login of their own. */
  readonly servingLogin: string
}

/** The database roles that transactions run under. They own nothing, cannot log in, and do not bypass row-level security. */
export type ScopeRoles = Record<AccessMode['kind'], string>

export interface SqlDatabase {
  readonly kind: 'postgres' | 'embedded'
  /**
   * Runs `work` in one transaction under the scope of `mode`, and commits when it resolves; whatever it rejects with undoes
   * everything. Rejects with AppError `unavailable` where the database cannot be reached or went away.
   */
  transaction<Result>(mode: AccessMode, work: (scope: SqlScope) => Promise<Result>): Promise<Result>
  /**
   * For work that only reads, and a database that refuses anything else. Statements that travel together see one transaction;
   * statements after one another see what was committed in between, as they would in one transaction of READ COMMITTED, the
   * isolation level here. No connection is held between them.
   */
  read<Result>(mode: AccessMode, work: (scope: SqlScope) => Promise<Result>): Promise<Result>
  /**
   * Outside any scope, as the login that serves: the job queue's own work, which sees no tenant's row. Without values, `text` may
   * hold several statements; their rows come in one list. With values it is kept as a prepared statement, so its text has to
   * be one of a few.
   */
  execute(text: string, values?: readonly unknown[]): Promise<SqlResult>
  /** Calls `listener` after each transaction of this process that announced `topic`, until the function that it answers is called. */
  listen(topic: string, listener: (news: unknown) => void): () => void
  /** Gives `work` a session of its own as the owner of the tables. */
  asOwner<Result>(work: (owner: OwnerSession) => Promise<Result>): Promise<Result>
  /** Their names carry the database's own number: roles are per cluster, and a cluster may hold several installations. */
  roles(): Promise<ScopeRoles>
  /** Rejects with AppError `unavailable` where the database cannot be reached. */
  ping(): Promise<void>
  close(): Promise<void>
}
