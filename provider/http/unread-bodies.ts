import type { Middleware } from './context.ts'

/** Long enough for a client to stop sending and read why; without it, the end of the connection would overtake the answer. */
const lingerMilliseconds = 1_000

/**
 * Whoever has been answered before having sent all of a body may finish within a second: Node would otherwise go on reading, and
 * throwing away, for as long as a request may take.
 */
export const endUnreadBodies: Middleware = async function unreadBodies({ req, res }, next) {
  res.once('finish', () => {
    if (req.complete) return
    const lingering = setTimeout(() => req.socket.destroy(), lingerMilliseconds)
    req.once('end', () => clearTimeout(lingering))
    req.once('close', () => clearTimeout(lingering))
  })
  return next()
}
