/** What is sent piece by piece waits for its reader, ends with it, and does not look whole where it is not: over real connections. */
import { once } from 'node:events'
import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import Koa from 'koa'
import { describe, expect, it } from 'vitest'
import type { Middleware } from '../../provider/http/context.ts'
import { sendPieces } from '../../provider/http/pieces.ts'

const pieceBytes = 1024 * 1024

/** Serves `pieces` to one reader. */
async function serve(
  pieces: () => AsyncIterable<string>,
  read: (response: IncomingMessage) => Promise<void>,
  patience?: number,
): Promise<void> {
  const app = new Koa()
  // Of the connection that broke, which it would print.
  app.on('error', () => {})
  const answer: Middleware = ctx => sendPieces(ctx, pieces(), patience)
  app.use(answer)
  const answerAll = app.callback()
  const server = createServer((asked, answered) => void answerAll(asked, answered))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const sent = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
    sent.end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    response.on('error', () => {})
    await read(response)
    response.destroy()
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/** As many as are asked for, of which it says how many were made, and whether somebody ended them. */
function makePieces(count: number, failAt = Number.POSITIVE_INFINITY) {
  const seen = { made: 0, ended: false }
  async function* pieces(): AsyncGenerator<string> {
    try {
      while (seen.made < count) {
        if (seen.made === failAt) throw new Error('the database has gone')
        seen.made += 1
        // As what is read from a database comes.
        await sleep(1)
        yield 'x'.repeat(pieceBytes)
      }
    } finally {
      seen.ended = true
    }
  }
  return { seen, pieces }
}

/** How many there are when nothing has been added for a while. */
async function settle(read: () => number): Promise<number> {
  let last = -1
  await expect
    .poll(
      () => {
        const before = last
        last = read()
        return last === before
      },
      { interval: 300, timeout: 10_000 },
    )
    .toBe(true)
  return last
}

it('makes no more than a slow reader takes, and all of it in the end', async () => {
  const { seen, pieces } = makePieces(60)
  let bytes = 0
  await serve(pieces, async response => {
    await once(response, 'readable')
    // What the kernel holds of both ends of a connection is some megabytes.
    expect(await settle(() => seen.made)).toBeLessThan(20)
    for await (const chunk of response) bytes += (chunk as Buffer).length
    expect(response.complete).toBe(true)
  })
  expect([bytes, seen.made, seen.ended]).toEqual([60 * pieceBytes, 60, true])
})

it('ends with a reader that goes away', async () => {
  const { seen, pieces } = makePieces(10_000)
  await serve(pieces, async response => {
    await once(response, 'readable')
    response.destroy()
    await expect.poll(() => seen.ended).toBe(true)
  })
  expect(seen.made).toBeLessThan(30)
})

it('breaks off where the pieces fail, so that the answer does not look whole', async () => {
  const { pieces } = makePieces(10, 3)
  await serve(pieces, async response => {
    const closed = new Promise(resolve => response.once('close', resolve))
    response.resume()
    await closed
    expect(response.complete).toBe(false)
  })
})

describe('a reader that takes nothing', () => {
  const patience = 1500

  it('is taken for gone after a while, and what was read for it is let go of', async () => {
    const { seen, pieces } = makePieces(10_000)
    await serve(
      pieces,
      async response => {
        const closed = new Promise(resolve => response.once('close', resolve))
        await once(response, 'readable')
        await expect.poll(() => seen.ended, { timeout: 20_000 }).toBe(true)
        response.resume()
        await closed
        expect(response.complete).toBe(false)
      },
      patience,
    )
    expect(seen.made).toBeLessThan(30)
  })

  it('is not gone for as long as it takes something now and then', async () => {
    const { seen, pieces } = makePieces(60)
    await serve(
      pieces,
      async response => {
        const began = Date.now()
        let bytes = 0
        for await (const chunk of response) {
          bytes += (chunk as Buffer).length
          // More than once as long as anybody may rest, in all.
          if (Date.now() - began < 2 * patience) await sleep(patience / 20)
        }
        expect([bytes, response.complete]).toEqual([60 * pieceBytes, true])
      },
      patience,
    )
    expect(seen.ended).toBe(true)
  })
})
