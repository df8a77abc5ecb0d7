import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Context } from './context.ts'

/** Whoever takes nothing for so long is taken for gone. */
const patienceMilliseconds = 120_000

/**
 * Answers piece by piece. The next piece is asked for when the one before has been taken, so a slow reader costs no more memory than a
 * fast one. A reader that goes away ends the pieces. Where they fail, the connection ends in the middle of the answer, which a
 * client can tell from its end (RFC 9112 §8). Whoever makes the pieces knows what failed, and says so.
 */
export function sendPieces(ctx: Context, pieces: AsyncIterable<string>, patience = patienceMilliseconds): void {
  const { res } = ctx
  // Koa would report each reader that goes away as a failure.
  ctx.respond = false
  ctx.status = 200
  if (ctx.method === 'HEAD') {
    res.end()
    return
  }
  res.setTimeout(patience, () => res.destroy())
  const unlessTheyFail = async function* (): AsyncGenerator<string> {
    try {
      yield* pieces
    } catch {
      res.destroy()
    }
  }
  pipeline(Readable.from(unlessTheyFail()), res).catch(() => {})
}
