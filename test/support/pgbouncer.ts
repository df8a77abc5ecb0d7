import { spawn } from 'node:child_process'
import { chownSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { findFreePort, findPostgresUser, makeFolder, type RunningServer, supervise } from './servers.ts'

/** What PgBouncer lends to its clients at once, per database: few, so that they meet one another's connections. */
export const pgBouncerPoolSize = 8

/**
 * A real PgBouncer in transaction mode before the PostgreSQL at `serverUrl`, on a free port of 127.0.0.1, for every database there.
 * `url` is the same login by way of it.
 */
export async function startPgBouncer(serverUrl: string): Promise<RunningServer> {
  const server = new URL(serverUrl)
  const owner = findPostgresUser()
  const folder = makeFolder('pgbouncer', owner)
  const port = await findFreePort()
  const write = (name: string, lines: readonly string[]) => {
    const file = join(folder, name)
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
    if (owner) chownSync(file, owner.uid, owner.gid)
    return file
  }
  // It logs in to the server with the password that it asks its clients for.
  const users = write('users.txt', [`"${decodeURIComponent(server.username)}" "${decodeURIComponent(server.password)}"`])
  const configuration = write('pgbouncer.ini', [
    '[databases]',
    `* = host=${server.hostname} port=${server.port || 5432}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = scram-sha-256',
    `auth_file = ${users}`,
    'pool_mode = transaction',
    `default_pool_size = ${pgBouncerPoolSize}`,
    'max_client_conn = 1000',
  ])
  const child = spawn('pgbouncer', ['--quiet', configuration], {
    ...owner,
    cwd: folder,
    // Debian keeps it where only root's PATH leads.
    env: { ...process.env, PATH: [process.env['PATH'], '/usr/sbin'].join(delimiter) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const url = new URL(serverUrl)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  // SIGTERM is its immediate end; SIGINT waits until no client is in a transaction.
  const running = await supervise(child, { name: 'pgbouncer', probeUrl: url.href, folder, stopSignal: 'SIGTERM' })
  return { ...running, url: url.href }
}
