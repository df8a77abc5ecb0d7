import { AsyncLocalStorage } from 'node:async_hooks'
import { hash } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import type { AccessMode } from '../../provider/kernel/access-mode.ts'
import { AppError } from '../../provider/kernel/errors.ts'
import { isId } from '../../provider/kernel/ids.ts'
import type { ScopeRoles, SqlDatabase, SqlResult, SqlScope } from './database.ts'
import { describeSqlError } from './errors.ts'
import type { Command, Link, Reply } from './flight.ts'
import type { SharedFlights } from './shared-flights.ts'
import { TransactionScope } from './transaction-scope.ts'
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

/** What databases do alike, whatever their links lead to. `execute` runs a text without values, outside any scope. */
export function describeWork(
  source: LinkSource,
  execute: (text: string) => Promise<SqlResult>,
): Pick<SqlDatabase, 'transaction' | 'read' | 'execute' | 'listen' | 'roles'> {
  const { announcements } = source
  return {
    transaction: (mode, work) => runTransaction(source, mode, work),
    read: (mode, work) => runRead(source, mode, work),
    execute: (text, values) => (values ? runUnscoped(source, text, values) : execute(text)),
    listen: (topic, listener) => {
      announcements.on(topic, listener)
      return () => void announcements.off(topic, listener)
    },
    roles: () => source.roles(),
  }
}

async function runTransaction<Result>(
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

async function runRead<Result>(
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
async function runUnscoped(source: LinkSource, text: string, values: readonly unknown[]): Promise<SqlResult> {
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
