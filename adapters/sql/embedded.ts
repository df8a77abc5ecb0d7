import { EventEmitter } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite, protocol } from '@electric-sql/pglite'
import { AppError } from '../../provider/kernel/errors.ts'
import type { ScopeRoles, SqlDatabase, SqlResult } from './database.ts'
import { lockDirectory } from './embedded-lock.ts'
import { prepareDatabaseFiles } from './embedded-template.ts'
import { describeSqlError } from './errors.ts'
import { type Command, Flight, KnownStatements, type Link, type Reply } from './flight.ts'
import { databaseNumberQuery, nameRoles } from './roles.ts'
import { assertOutsideTransaction, describeWork, type LinkSource } from './scope.ts'
import { SharedFlights } from './shared-flights.ts'

// By default it takes 128 MB of shared buffers and as much memory again at once: far more than a small team's data.
const serverParameters = ['-c', 'shared_buffers=32MB']
const initialMemoryBytes = 128 * 1024 * 1024

// As on PostgreSQL (postgres.ts): one plan for all values, and always by an index.
const sessionSettings = `set timezone = 'UTC'; set datestyle = 'ISO'; set plan_cache_mode = force_generic_plan;
  set enable_seqscan = off; set jit = off`

/**
 * PostgreSQL inside this process, its files in `directory`. What was committed survives the end of the process, however it ends.
 * It is **not** flushed to the disk (PGlite never calls fsync): a power cut may lose or damage what was written shortly before.
 * One process at a time: a second one on the same directory is refused with StartError. It does one thing at a time, on one
 * connection.
 */
export async function openEmbedded({ directory }: { directory: string }): Promise<SqlDatabase> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const lock = await lockDirectory(directory)
  let engine: PGlite
  try {
    const files = join(directory, 'data')
    await prepareDatabaseFiles(files)
    engine = await PGlite.create({
      dataDir: files,
      initialMemory: initialMemoryBytes,
      startParams: [...PGlite.defaultStartParams, ...serverParameters],
    })
    await engine.exec(sessionSettings)
  } catch (error) {
    await lock.release()
    throw error
  }

  const known = new KnownStatements()
  const line = new Line()
  const acquire = async (): Promise<() => void> => {
    const leave = await line.enter()
    if (!lock.held || engine.closed) {
      leave()
      throw new AppError('unavailable', { cause: new Error('the embedded database is closed, or was taken by another process') })
    }
    return leave
  }

  async function runAlone(text: string, values?: readonly unknown[]): Promise<SqlResult> {
    try {
      const results = values?.length ? [await engine.query(text, [...values])] : await engine.exec(text)
      const last = results.at(-1)
      // Every row of an answer is an object unless arrays are asked for.
      return { rows: results.flatMap(({ rows }) => rows as SqlResult['rows']), count: last?.rowCount ?? 0 }
    } catch (error) {
      throw describeSqlError(error)
    }
  }

  async function execute(text: string): Promise<SqlResult> {
    assertOutsideTransaction()
    const leave = await acquire()
    try {
      return await runAlone(text)
    } finally {
      // Several statements in one text may have begun a transaction and failed in it.
      if (engine.isInTransaction()) await engine.exec('rollback')
      leave()
    }
  }

  const { rows } = await engine.query<{ oid: number }>(databaseNumberQuery)
  const roles: ScopeRoles = nameRoles(rows[0]?.oid ?? 0)
  const acquireLink = async () => new EmbeddedLink(engine, known, await acquire())
  const source: LinkSource = {
    announcements: new EventEmitter(),
    flights: new SharedFlights(acquireLink),
    acquire: acquireLink,
    roles: async () => roles,
  }

  return {
    kind: 'embedded',
    ...describeWork(source, execute),
    asOwner: async work => {
      assertOutsideTransaction()
      const leave = await acquire()
      try {
        return await work({ servingLogin: 'postgres', execute: runAlone })
      } finally {
        if (engine.isInTransaction()) await engine.exec('rollback')
        leave()
      }
    },
    ping: async () => {
      await execute('select 1')
    },
    close: async () => {
      const leave = await line.enter()
      try {
        if (!engine.closed) await engine.close()
        await lock.release()
      } finally {
        leave()
      }
    },
  }
}

/** First come, first served. */
class Line {
  #last: Promise<void> = Promise.resolve()

  async enter(): Promise<() => void> {
    const before = this.#last
    let leave = () => {}
    this.#last = new Promise(resolve => {
      leave = resolve
    })
    await before
    return leave
  }
}

class EmbeddedLink implements Link {
  readonly #engine: PGlite
  readonly #known: KnownStatements
  readonly #leave: () => void

  constructor(engine: PGlite, known: KnownStatements, leave: () => void) {
    this.#engine = engine
    this.#known = known
    this.#leave = leave
  }

  async fly(commands: Command[]): Promise<Reply> {
    const flight = new Flight(commands, this.#known)
    const { serialize, messages: kinds } = protocol
    const parts: Uint8Array[] = []
    flight.send({
      parse: message => parts.push(serialize.parse(message)),
      bind: message => parts.push(serialize.bind(message)),
      describePortal: () => parts.push(serialize.describe({ type: 'P' })),
      execute: () => parts.push(serialize.execute({})),
      closeStatement: name => parts.push(serialize.close({ type: 'S', name })),
      sync: () => parts.push(serialize.sync()),
    })
    try {
      const { messages } = await this.#engine.execProtocol(Buffer.concat(parts), { syncToFs: false, throwOnError: false })
      for (const message of messages) {
        if (message instanceof kinds.RowDescriptionMessage) flight.receiveColumns(message.fields)
        else if (message instanceof kinds.DataRowMessage) flight.receiveRow(message.fields)
        else if (message instanceof kinds.CommandCompleteMessage) flight.completeCommand(message.text)
        else if (message instanceof kinds.DatabaseError) flight.fail(message)
      }
    } catch (error) {
      flight.fail(error)
    }
    return flight.reply
  }

  release(): void {
    this.#leave()
  }
}
