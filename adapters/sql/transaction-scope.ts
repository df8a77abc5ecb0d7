import type { EventEmitter } from 'node:events'
import type { AccessMode } from '../../provider/kernel/access-mode.ts'
import { AppError } from '../../provider/kernel/errors.ts'
import type { SqlResult, SqlScope, Statement } from './database.ts'
import { describeSqlError } from './errors.ts'
import type { Command, Reply } from './flight.ts'
import { encodeValue } from './values.ts'

interface Pending {
  command: Command
  resolve(result: SqlResult): void
  reject(error: Error): void
}

/** The inside of one transaction: gathers what is asked for together, and sends it in one flight. */
export class TransactionScope implements SqlScope {
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
