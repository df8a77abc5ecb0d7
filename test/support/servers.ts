/**
 * A real PostgreSQL for tests: started in a folder of its own under the temporary directory, on a free port of
 * 127.0.0.1, with a random password, and gone together with its folder after `stop`.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

export type RunningServer = {
  /** Connection URL, its password included. */
  url: string
  /** Of the server's main process: for its memory and CPU time, or to kill it in the middle of a test. */
  processId: number
  /** Ends the server, waits until it is gone, and removes its folder. May be called twice. */
  stop(): Promise<void>
}

const startLimit = 30_000

/** A port of 127.0.0.1 that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  // A listening TCP server's address is never a string (that is for pipes) nor null.
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

/**
 * A PostgreSQL of its own. `url` is the login of a managed database's customer: it owns the database `latchkey`, may create
 * databases and logins, is no superuser and subject to row-level security; tests take databases of their own from
 * `createTestDatabase`. By default nothing is flushed to disk: `durable: true` for a test that kills the server itself.
 */
export async function startPostgres(
  options: { durable?: boolean; settings?: Record<string, string> } = {},
): Promise<RunningServer & { superuserUrl: string }> {
  const programs = findPostgresPrograms()
  const owner = findPostgresUser()
  const folder = makeFolder('postgres', owner)
  const password = randomBytes(16).toString('hex')
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (owner) chownSync(passwordFile, owner.uid, owner.gid)

  const data = join(folder, 'data')
  const initdbArguments = ['--pgdata', data, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
  const locale = ['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync']
  execFileSync(join(programs, 'initdb'), [...initdbArguments, ...locale], { ...owner, cwd: folder, stdio: 'pipe' })

  const port = await findFreePort()
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '300',
    shared_buffers: '64MB',
    ...(options.durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
    ...options.settings,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(join(programs, 'postgres'), ['-D', data, ...flags], {
    ...owner,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const superuserUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  const url = `postgres://latchkey:${password}@127.0.0.1:${port}/latchkey`
  const server = await supervise(child, { name: 'postgres', probeUrl: superuserUrl, folder, stopSignal: 'SIGINT' })
  await runStatements(superuserUrl, [
    `CREATE ROLE latchkey LOGIN CREATEDB CREATEROLE PASSWORD '${password}'`,
    'CREATE DATABASE latchkey OWNER latchkey',
  ])
  return { ...server, url, superuserUrl }
}

/** Waits until `probeUrl` is answered. `stopSignal` asks for an end that waits for no client. */
export async function supervise(
  child: ChildProcess,
  { name, probeUrl, folder, stopSignal }: { name: string; probeUrl: string; folder: string; stopSignal: NodeJS.Signals },
): Promise<Omit<RunningServer, 'url'>> {
  let output = ''
  const keepTail = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4000)
  }
  child.stdout?.on('data', keepTail)
  child.stderr?.on('data', keepTail)
  let startError: Error | undefined
  child.once('error', error => {
    startError = error
  })
  const isGone = () => startError !== undefined || child.exitCode !== null || child.signalCode !== null

  const removeAtExit = () => {
    child.kill('SIGQUIT')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }
  process.once('exit', removeAtExit)

  const stop = async () => {
    if (!isGone()) {
      const exited = once(child, 'exit')
      child.kill(stopSignal)
      await exited
    }
    process.removeListener('exit', removeAtExit)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }

  const deadline = Date.now() + startLimit
  while (!(await answersPostgres(probeUrl))) {
    if (isGone() || Date.now() > deadline) {
      await stop()
      throw new Error(`${name} did not start: ${output}`, { cause: startError })
    }
    await sleep(25)
  }
  // Defined, because a child without an id has reported its error and never became ready.
  return { processId: child.pid as number, stop }
}

/** Each statement in a transaction of its own, on one connection: databases can't be made or dropped otherwise. */
export async function runStatements(connectionString: string, statements: string[]): Promise<void> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

async function answersPostgres(connectionString: string): Promise<boolean> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 2000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/** One that nobody but its owner can look into. */
export function makeFolder(name: string, owner: { uid: number; gid: number } | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), `latchkey-${name}-`))
  chmodSync(folder, 0o700)
  if (owner) chownSync(folder, owner.uid, owner.gid)
  return folder
}

/** Debian keeps Postgres' programs out of PATH, one folder per major version. */
function findPostgresPrograms(): string {
  const root = '/usr/lib/postgresql'
  try {
    const versions = readdirSync(root).map(Number).filter(Number.isInteger)
    if (versions.length > 0) return join(root, String(Math.max(...versions)), 'bin')
  } catch {
    // No such folder: another system, where the programs are expected in PATH.
  }
  return ''
}

/** Postgres and PgBouncer refuse to run as root, so root starts them as the user that Debian's packages make. */
export function findPostgresUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const readId = (flag: '-u' | '-g') => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: readId('-u'), gid: readId('-g') }
}
