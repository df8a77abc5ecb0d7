import { once } from 'node:events'
import type { Server } from 'node:http'
import type { Settings } from '../config/schema.ts'
import { StartError } from './kernel/errors.ts'

export interface Listening {
  /** The port that was bound; of use where 0 was asked for. */
  port: number
  servers: readonly Server[]
}

/**
 * Listens where LISTEN_ADDRESS says. Without it, an issuer on this machine is served to this machine alone, by IPv4 and IPv6, and any
 * other one to every network. Each address has a server of its own, made alike. Rejects with StartError where it can't be had.
 */
export async function listen(
  createServer: () => Server,
  settings: Pick<Settings, 'issuer' | 'listenAddress' | 'loopback' | 'port'>,
): Promise<Listening> {
  const servers: Server[] = []
  let { port } = settings
  try {
    for (const address of chooseAddresses(settings)) {
      const server = createServer()
      const bound = await bind(server, port, address, settings.listenAddress)
      if (bound === undefined) continue
      port = bound
      servers.push(server)
    }
  } catch (error) {
    for (const server of servers) server.close()
    throw error
  }
  if (servers.length === 0) throw new StartError('This machine has no loopback address. Name another one with LISTEN_ADDRESS.')
  return { port, servers }
}

/** Undefined is every address of the machine. */
function chooseAddresses({ issuer, listenAddress, loopback }: Pick<Settings, 'issuer' | 'listenAddress' | 'loopback'>) {
  if (listenAddress !== undefined) return [listenAddress]
  if (!loopback) return [undefined]
  const { hostname } = new URL(issuer)
  // 127.0.0.2 is this machine as well, and nobody else's.
  return new Set(['127.0.0.1', '::1', ...(hostname.startsWith('127.') ? [hostname] : [])])
}

/** The port; undefined where this machine lacks one of the loopback addresses, as without IPv6. */
async function bind(
  server: Server,
  port: number,
  address: string | undefined,
  named: string | undefined,
): Promise<number | undefined> {
  const listening = once(server, 'listening')
  server.listen({ port, ...(address === undefined ? {} : { host: address }) })
  try {
    await listening
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') throw new StartError(`PORT: expected a free port; something else listens on ${port}.`)
    if (code !== 'EADDRNOTAVAIL' && code !== 'EAFNOSUPPORT') throw error
    if (named !== undefined) throw new StartError(`LISTEN_ADDRESS: expected an address of this machine, was given "${named}".`)
    if (address === undefined) throw error
    return undefined
  }
  const bound = server.address()
  return typeof bound === 'object' && bound !== null ? bound.port : port
}
