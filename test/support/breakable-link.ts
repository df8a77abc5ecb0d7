import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a server that can be cut and mended: for what happens when a database or a store is out of reach for a while. */
export interface BreakableLink {
  /** The same server, by this way. */
  url: string
  /** Ends every connection, and refuses new ones. */
  cut(): Promise<void>
  mend(): Promise<void>
  /** Passes nothing on, as a server does that hangs; `mend` lets it flow again. */
  stall(): void
  stop(): Promise<void>
}

export async function startBreakableLink(serverUrl: string): Promise<BreakableLink> {
  const target = new URL(serverUrl)
  const sockets = new Set<Socket>()
  const server = createServer(near => {
    const far = connect(Number(target.port), target.hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const cut = async () => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await listen(0)
  // A listening TCP server's address is never a path.
  const { port } = server.address() as AddressInfo
  const url = new URL(serverUrl)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return {
    url: url.href,
    cut,
    async mend() {
      for (const socket of sockets) socket.resume()
      if (!server.listening) await listen(port)
    },
    stall() {
      for (const socket of sockets) socket.pause()
    },
    stop: cut,
  }
}
