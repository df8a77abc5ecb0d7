import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export interface RunningRedis {
  url: string
  stop(): Promise<void>
}

/** A Redis of its own on a free port, kept in memory only, or the one that REDIS_URL names. */
export async function startRedis(): Promise<RunningRedis> {
  const given = process.env['REDIS_URL']
  if (given) return { url: given, stop: async () => {} }
  return startOwnRedis()
}

/** One that the test may stop and start again at the same place, whatever REDIS_URL says. */
export async function startOwnRedis(port?: number): Promise<RunningRedis & { port: number; suspend(): void; resume(): void }> {
  const chosen = port ?? (await findFreePort())
  const server = await launch(chosen)
  return {
    url: `redis://127.0.0.1:${chosen}/0`,
    port: chosen,
    suspend: () => void server.process.kill('SIGSTOP'),
    resume: () => void server.process.kill('SIGCONT'),
    stop: server.stop,
  }
}

/** Three masters, slots divided among them; up in about three seconds. */
export async function startRedisCluster(): Promise<RunningRedis & { dropConnections(): void }> {
  const ports = await Promise.all([findFreePort(), findFreePort(), findFreePort()])
  const servers = await Promise.all(
    ports.map(port => launch(port, ['--cluster-enabled', 'yes', '--cluster-config-file', `nodes-${port}.conf`])),
  )
  const stop = async () => {
    await Promise.all(servers.map(server => server.stop()))
  }
  try {
    const addresses = ports.map(port => `127.0.0.1:${port}`)
    const creation = spawn('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-replicas', '0', '--cluster-yes'], {
      stdio: 'ignore',
    })
    const [code] = await once(creation, 'exit')
    if (code !== 0) throw new Error(`redis-cli could not create the cluster (exit code ${code})`)
    return {
      url: `redis+cluster://${addresses.join(',')}`,
      dropConnections: () => {
        for (const port of ports) execFileSync('redis-cli', ['-p', String(port), 'client', 'kill', 'type', 'normal'])
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A master with one replica that it feeds, watched by one Sentinel that knows both and fails over within a second or two. */
export async function startRedisSentinel(): Promise<
  RunningRedis & { waitForCopy(): Promise<void>; stopMaster(): Promise<void> }
> {
  const [masterPort, replicaPort, sentinelPort] = await Promise.all([findFreePort(), findFreePort(), findFreePort()])
  // Else a replica is made to wait five seconds for its first copy.
  const master = await launch(masterPort, ['--repl-diskless-sync-delay', '0'])
  const replica = await launch(replicaPort, ['--replicaof', '127.0.0.1', String(masterPort)])
  // Before there is a Sentinel, which asks a master for its replicas as it starts, and then not for ten seconds.
  await waitUntil('the replica follows', () => ask(masterPort, 'info', 'replication').includes('state=online'))
  const sentinel = await launch(
    sentinelPort,
    [],
    [
      `sentinel monitor main 127.0.0.1 ${masterPort} 1`,
      'sentinel down-after-milliseconds main 500',
      'sentinel failover-timeout main 2000',
    ],
  )
  await waitUntil('Sentinel knows the replica', () => /slaves=1\b/.test(ask(sentinelPort, 'info', 'sentinel')))
  return {
    url: `redis+sentinel://127.0.0.1:${sentinelPort}/main`,
    waitForCopy: () => waitUntil('the replica has it all', () => ask(replicaPort, 'dbsize') === ask(masterPort, 'dbsize')),
    stopMaster: () => master.stop(),
    stop: async () => {
      await Promise.all([sentinel.stop(), replica.stop(), master.stop()])
    },
  }
}

function ask(port: number, ...words: string[]): string {
  return execFileSync('redis-cli', ['-p', String(port), ...words], { encoding: 'utf8' })
}

async function waitUntil(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not true in time: ${what}`)
    await pause(50)
  }
}

/** With lines for a Sentinel, which keeps its state in its configuration file, it is one; else a server. */
async function launch(
  port: number,
  more: string[] = [],
  sentinelLines: string[] = [],
): Promise<{ process: ChildProcess; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-redis-'))
  const network = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory]
  let role = ['--save', '', '--appendonly', 'no', ...more]
  if (sentinelLines.length > 0) {
    const file = join(directory, 'sentinel.conf')
    await writeFile(file, `${sentinelLines.join('\n')}\n`)
    role = ['--sentinel']
    network.unshift(file)
  }
  const child = spawn('redis-server', [...network, ...role], { stdio: 'ignore' })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'exit')
  const stop = async () => {
    process.off('exit', kill)
    if (child.exitCode === null && child.signalCode === null) {
      kill()
      await ended
    }
    await rm(directory, { recursive: true, force: true })
  }
  try {
    await Promise.race([waitForPort(port), ended.then(() => Promise.reject(new Error('redis-server did not start')))])
  } catch (error) {
    await stop()
    throw error
  }
  return { process: child, stop }
}

async function waitForPort(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await accepts(port)) return
    await pause(50)
  }
  throw new Error(`nothing listens on port ${port}`)
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

// A cluster's nodes also listen 10,000 ports higher.
async function findFreePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    server.close()
    await once(server, 'close')
    if (address !== null && typeof address === 'object' && address.port < 55_000) return address.port
  }
}
