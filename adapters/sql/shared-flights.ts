import { isStatementError } from './errors.ts'
import type { Command, Link, Reply } from './flight.ts'

// More than these wait for a second flight, on a connection of its own: so one doesn't do all the work while others rest.
const commandsAtMost = 16

interface Group {
  commands: Command[]
  resolve(reply: Reply): void
}

/**
 * Lets what different requests ask under the same scope at the same time share one flight: setting the scope and waking both
 * sides up costs as much as a read itself, and a commit more than what is written. A flight is one implicit transaction, which
 * ends with it: each request still gets its own rows alone, and its changes are kept as a whole or not at all. Where one
 * request's statement is refused, all of the flight is undone, and each is run again by itself.
 */
export class SharedFlights {
  readonly #acquire: () => Promise<Link>
  readonly #waiting = new Map<string, { scope: Command; groups: Group[] }>()
  #scheduled = false

  constructor(acquire: () => Promise<Link>) {
    this.#acquire = acquire
  }

  /** Answers for `commands`, run under the scope that the command `scope` sets. */
  ask(scope: Command, commands: Command[]): Promise<Reply> {
    return new Promise(resolve => {
      const key = JSON.stringify([scope.text, scope.values])
      const waiting = this.#waiting.get(key) ?? { scope, groups: [] }
      waiting.groups.push({ commands, resolve })
      this.#waiting.set(key, waiting)
      if (this.#scheduled) return
      this.#scheduled = true
      // Behind everything that this turn of the event loop has received: whoever else reads comes along.
      setImmediate(() => this.#flyAll())
    })
  }

  #flyAll(): void {
    this.#scheduled = false
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { scope, groups } of waiting) for (const load of divide(groups)) void this.#fly(scope, load)
  }

  async #fly(scope: Command, groups: Group[]): Promise<void> {
    const { results, tag, error } = await this.#send([scope, ...groups.flatMap(({ commands }) => commands)])
    if (groups.length > 1 && isStatementError(error)) {
      // It was one of them, and skipped those behind it: each on its own, then. Where there is no answer at all, asking again
      // for each would make an outage so many times as heavy.
      await Promise.all(groups.map(group => this.#fly(scope, [group])))
      return
    }
    let position = 1
    for (const { commands, resolve } of groups) {
      const own = results.slice(position, position + commands.length)
      position += commands.length
      resolve(error === undefined ? { results: own, tag } : { results: own, tag, error })
    }
  }

  async #send(commands: Command[]): Promise<Reply> {
    let link: Link
    try {
      link = await this.#acquire()
    } catch (error) {
      return { results: [], tag: '', error }
    }
    try {
      return await link.fly(commands)
    } finally {
      link.release()
    }
  }
}

function divide(groups: Group[]): Group[][] {
  const loads: Group[][] = []
  let size = commandsAtMost
  for (const group of groups) {
    if (size + group.commands.length > commandsAtMost) {
      loads.push([])
      size = 0
    }
    loads.at(-1)?.push(group)
    size += group.commands.length
  }
  return loads
}
