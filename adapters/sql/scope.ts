import { AsyncLocalStorage } from 'node:async_hooks'
import { hash } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import type { AccessMode } from '../../provider/kernel/access-mode.ts'
import { AppError } from '../../provider/kernel/errors.ts'
import { isId } from '../../provider/kernel/ids.ts'
import type { ScopeRoles, SqlResult, SqlScope, Statement } from './database.ts'
import { describeSqlError } from './errors.ts'
import type { Command, Link, Reply } from './flight.ts'
import type { SharedFlights } from './shared-flights.ts'
import { encodeValue, type WireValue } from './values.ts'

/**
 * The only place that opens a transaction, and it opens none without a scope: the role and the scope's settings are set for the
 * transaction alone (`set_config(…, true)`), so that nothing of them is left on the connection, however it ends.
 */

export interface LinkSource {
  /** Emits the topics that committed transactions announced. */
  readonly announcements: EventEmitter
  /** For what needs no connection of its own. */
  readonly flights: SharedFlights
  acquire(): Promise<Link>
  roles(): Promise<ScopeRoles>
}

const begin: Command = { name: 'begin', text: 'begin', values: [] }
const commit: Command = { name: 'commit', text: 'commit', values: [] }
const rollback: Command = { name: 'rollback', text: 'rollback', values: [] }

// All of them, each time: a setting of the session would show through one that the transaction doesn't set.
const scopeSettings = `set_config('role', $1, true), set_config('latchkey.workspace_id', $2, true),
  set_config('latchkey.user_id', $3, true), set_config('latchkey.reason', $4, true)`
const setScope = `select ${scopeSettings}`
const setReadingScope = `select ${scopeSettings}, set_config('transaction_read_only', 'on', true)`

/** Set while a transaction's work runs, and for whatever that work starts. */
const surrounding = new AsyncLocalStorage<{ running: boolean }>()

/**
 * Refuses what would wait for a connection while its caller holds one: on the embedded database, which has one connection, that
 * wait never ends; on a pool it ends when the pool is large enough.
 */
export function assertOutsideTransaction(): void {
  if (surrounding.getStore()?.running) {
    throw new Error('A transaction is open here already: use the repositories that it handed in, not the database beside them')
  }
}

export async function runTransaction<Result>(
  source: LinkSource,
  mode: AccessMode,
  work: (scope: SqlScope) => Promise<Result>,
): Promise<Result> {
  assertOutsideTransaction()
  const scopeCommand = describeScope(mode, await source.roles(), setScope)
  const here = { running: true }
  // Taken when something is asked whose answer the work waits for. Without that, all of it goes at the end, in company.
  let link: Link | undefined
  const scope = new TransactionScope(mode, 'deferred', source.announcements, async commands => {
    if (link !== undefined) return link.fly(commands)
    link = await source.acquire()
    return flyBehind(link, [begin, scopeCommand], commands)
  })
  try {
    try {
      const result = await surrounding.run(here, () => work(scope))
      const posted = await scope.close()
      if (link !== undefined) assertCommitted(await link.fly([...posted, commit]))
      else if (posted.length > 0) assertAccepted(await source.flights.ask(scopeCommand, posted))
      for (const { topic, news } of scope.announced) source.announcements.emit(topic, news)
      return result
    } catch (error) {
      await scope.close()
      await link?.fly([rollback])
      throw error
    }
  } finally {
    here.running = false
    link?.release()
  }
}

function assertAccepted({ error }: Reply): void {
  if (error !== undefined) throw describeSqlError(error)
}

function assertCommitted(reply: Reply): void {
  assertAccepted(reply)
  // COMMIT of a transaction in which something failed answers ROLLBACK, and is no error to the server.
  if (reply.tag !== 'COMMIT') throw new AppError('unexpected', { detail: 'The transaction had failed before it was committed.' })
}

export async function runRead<Result>(
  source: LinkSource,
  mode: AccessMode,
  work: (scope: SqlScope) => Promise<Result>,
): Promise<Result> {
  assertOutsideTransaction()
  const scopeCommand = describeScope(mode, await source.roles(), setReadingScope)
  const scope = new TransactionScope(mode, 'at once', source.announcements, commands =>
    source.flights.ask(scopeCommand, commands),
  )
  try {
    return await work(scope)
  } finally {
    await scope.close()
  }
}

/** One statement outside any scope, as the login itself. */
export async function runUnscoped(source: LinkSource, text: string, values: readonly unknown[]): Promise<SqlResult> {
  assertOutsideTransaction()
  const link = await source.acquire()
  try {
    const name = `x_${hash('sha256', text, 'base64url').slice(0, 16)}`
    const { results, error } = await link.fly([{ name, text, values: values.map(encodeValue) }])
    if (results[0]) return results[0]
    throw describeSqlError(error)
  } finally {
    link.release()
  }
}

function describeScope(mode: AccessMode, roles: ScopeRoles, text: string): Command {
  const values: WireValue[] = [roles[mode.kind], '', '', '']
  // What is no id names nobody, and a scope that names nobody sees nothing.
  if (mode.kind === 'workspace') values[1] = isId(mode.workspaceId) ? mode.workspaceId : ''
  else if (mode.kind === 'self') values[2] = isId(mode.userId) ? mode.userId : ''
  else values[3] = mode.reason
  return { name: text === setScope ? 'scope' : 'reading_scope', text, values }
}

/** Sends `before` and `commands` in one flight, and answers for `commands`. */
async function flyBehind(link: Link, before: Command[], commands: Command[]): Promise<Reply> {
  const reply = await link.fly([...before, ...commands])
  return { ...reply, results: reply.results.slice(before.length) }
}

interface Pending {
  command: Command
  resolve(result: SqlResult): void
  reject(error: Error): void
}

class TransactionScope implements SqlScope {
  readonly mode: AccessMode
  readonly #posts: 'deferred' | 'at once'
  readonly #fly: (commands: Command[]) => Promise<Reply>
  #waiting: Pending[] = []
  #asked = 0
  #flying: Promise<void> | undefined
  #closed = false
  readonly #announcements: EventEmitter
  readonly announced: Array<{ topic: string; news: unknown }> = []

  /** `fly` sends commands under the scope; `posts` says whether there is a commit for them to wait for. */
  constructor(
    mode: AccessMode,
    posts: 'deferred' | 'at once',
    announcements: EventEmitter,
    fly: (commands: Command[]) => Promise<Reply>,
  ) {
    this.mode = mode
    this.#announcements = announcements
    this.#posts = posts
    this.#fly = fly
  }

  async run<Parameters, Row>(statement: Statement<Parameters, Row>, parameters: Parameters): Promise<Row[]> {
    const { rows } = await this.#ask(describe(statement, this.mode, parameters))
    // `prepare` derived Row from the statement's own columns.
    return rows as Row[]
  }

  async change<Parameters>(statement: Statement<Parameters, unknown>, parameters: Parameters): Promise<number> {
    const { count } = await this.#ask(describe(statement, this.mode, parameters))
    return count
  }

  async post<Parameters>(statement: Statement<Parameters, unknown>, parameters: Parameters): Promise<void> {
    if (this.#posts === 'at once') await this.change(statement, parameters)
    else this.#add({ command: describe(statement, this.mode, parameters), resolve() {}, reject() {} })
  }

  async query(text: string, values: readonly unknown[] = []): Promise<SqlResult> {
    return this.#ask({ name: '', text, values: values.map(encodeValue) })
  }

  announce(topic: string, news?: unknown): void {
    this.announced.push({ topic, news })
  }

  isHeard(topic: string): boolean {
    return this.#announcements.listenerCount(topic) > 0
  }

  /** Waits for what is still under way, and answers what was posted and not sent; nothing can be asked from then on. */
  async close(): Promise<Command[]> {
    this.#closed = true
    while (this.#flying) await this.#flying
    return this.#waiting.splice(0).map(({ command }) => command)
  }

  #ask(command: Command): Promise<SqlResult> {
    return new Promise((resolve, reject) => {
      this.#add({ command, resolve, reject })
      this.#asked += 1
      // After the microtasks of this turn, in which others may still add what can travel along.
      this.#flying ??= new Promise(resume => process.nextTick(resume)).then(() => this.#flyAll())
    })
  }

  #add(pending: Pending): void {
    if (this.#closed) throw new Error('A repository was used after its transaction had ended')
    this.#waiting.push(pending)
  }

  async #flyAll(): Promise<void> {
    while (this.#asked > 0) {
      const group = this.#waiting
      this.#waiting = []
      this.#asked = 0
      let reply: Reply
      try {
        reply = await this.#fly(group.map(({ command }) => command))
      } catch (error) {
        reply = { results: [], tag: '', error }
      }
      const error = 'error' in reply ? describeSqlError(reply.error) : undefined
      for (const [index, { resolve, reject }] of group.entries()) {
        const result = reply.results[index]
        if (result) resolve(result)
        else reject(error ?? new AppError('unexpected', { detail: 'The database answered less than it was asked.' }))
      }
    }
    this.#flying = undefined
  }
}

function describe<Parameters>(statement: Statement<Parameters, unknown>, mode: AccessMode, parameters: Parameters): Command {
  return {
    name: statement.name(mode.kind),
    text: statement.text,
    values: statement.values(parameters).map(encodeValue),
  }
}
