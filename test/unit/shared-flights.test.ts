import { describe, expect, it } from 'vitest'
import type { Command, Link, Reply } from '../../adapters/sql/flight.ts'
import { SharedFlights } from '../../adapters/sql/shared-flights.ts'
import { AppError } from '../../provider/kernel/errors.ts'

const scope: Command = { name: 'scope', text: 'select set_config(…)', values: ['role'] }
const read = (text: string): Command => ({ name: text, text, values: [] })

/** An error as the server reports it. */
const refusal = (code: string) => Object.assign(new Error('refused'), { code })

/** Six readers come at once; answers what they get, and how often a connection was asked for. */
async function readTogether(link: () => Promise<Pick<Link, 'fly'>>): Promise<{ replies: Reply[]; flights: number }> {
  let flights = 0
  const reads = new SharedFlights(async () => {
    flights += 1
    return { ...(await link()), release: () => {} }
  })
  const replies = await Promise.all(Array.from({ length: 6 }, (_, index) => reads.ask(scope, [read(String(index))])))
  return { replies, flights }
}

/** A server that answers up to the first statement that it refuses, as PostgreSQL does. */
function serverRefusing(text: string, code: string) {
  return async () => ({
    async fly(commands: Command[]): Promise<Reply> {
      const failed = commands.findIndex(command => command.text === text)
      const results = commands
        .slice(0, failed < 0 ? undefined : failed)
        .map(command => ({ rows: [{ text: command.text }], count: 1 }))
      return failed < 0 ? { results, tag: 'SELECT 1' } : { results, tag: 'SELECT 1', error: refusal(code) }
    },
  })
}

describe('readers who share a flight', () => {
  it.each(['22P02', '42501', '40001'])('get their own rows where the statement of another is refused (%s)', async code => {
    const { replies, flights } = await readTogether(serverRefusing('2', code))
    expect(flights).toBe(7)
    expect(replies.map(({ results }) => results[0]?.rows)).toEqual(
      ['0', '1', undefined, '3', '4', '5'].map(text => text && [{ text }]),
    )
    expect(replies.map(({ error }) => error !== undefined)).toEqual([false, false, true, false, false, false])
  })

  it.each([
    ['nobody can be connected to', () => Promise.reject(new AppError('unavailable'))],
    ['the line is cut', async () => ({ fly: async () => ({ results: [], tag: '', error: refusal('ECONNRESET') }) })],
    [
      'there is no answer in time',
      async () => ({ fly: async () => ({ results: [], tag: '', error: new AppError('unavailable') }) }),
    ],
    ['the server is shutting down', serverRefusing('2', '57P01')],
    ['the server has no connection left', serverRefusing('2', '53300')],
    ['a statement was cancelled for its length', serverRefusing('2', '57014')],
  ])('ask no second time where %s', async (_, link) => {
    const { replies, flights } = await readTogether(link)
    expect(flights).toBe(1)
    for (const { error } of replies) expect(error).toBeDefined()
  })
})

describe('readers and writers who come at the same moment', () => {
  it('never share a flight, though their scope has the same values: what reads may not write', async () => {
    const flown: string[][] = []
    const flights = new SharedFlights(async () => ({
      async fly(commands) {
        flown.push(commands.map(({ text }) => text))
        return { results: commands.map(() => ({ rows: [], count: 0 })), tag: 'SELECT 1' }
      },
      release() {},
    }))
    const reading: Command = { ...scope, text: 'read only' }
    await Promise.all([flights.ask(reading, [read('a')]), flights.ask(scope, [read('b')]), flights.ask(reading, [read('c')])])
    expect(flown).toEqual([
      ['read only', 'a', 'c'],
      [scope.text, 'b'],
    ])
  })
})
