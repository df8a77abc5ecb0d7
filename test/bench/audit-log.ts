/** What it costs to check and to export a long audit log: seconds and memory of `latchkey audit`, in a process of its own. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Client } from 'pg'
import { type Durable, openDurable } from '../../adapters/open-durable.ts'
import { loadSettings } from '../../config/load.ts'
import { memoryFlags } from '../../config/tooling/command-memory.mjs'
import { firstHead, linkTo } from '../../provider/audit/link.ts'
import { buildEvent, withoutRequest } from '../../provider/audit/record.ts'
import { openEnvelope } from '../../provider/envelope/envelope.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { installationChain } from '../../provider/ports/audit-chain.ts'
import type { DataKey } from '../../provider/ports/field-cipher.ts'
import { foundWorkspace } from '../../provider/workspaces/founding.ts'
import { cpuMilliseconds } from './processes.ts'
import { inDatabase, type Stores } from './stores.ts'
import { type CopyValue, openCopier } from './volume/copy.ts'
import { dropIndexes } from './volume/fill.ts'

export interface AuditLogResult {
  what: string
  events: number
  seconds: number
  /** Of the command alone, user and system: what else the machine does meanwhile counts for nothing. */
  cpuSeconds: number
  peakBytes: number
  goalSeconds?: number
  goalBytes: number
}

const cli = join(import.meta.dirname, '../../.build/cli.mjs')
const goalBytes = 200 * 1024 * 1024
const system = { kind: 'system', reason: 'job' } as const
const people = 1000
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const rowsAtOnce = 20_000

type Chain = 'installation' | 'workspace'

/** With a tenth and with all, for which memory is to be the same; and a workspace's log, whose events are found by another index. */
export async function measureAuditLog(stores: Stores, events: number): Promise<AuditLogResult[]> {
  return [
    ...(await measureLength(stores, 'installation', Math.round(events / 10))),
    ...(await measureLength(stores, 'installation', events)),
    ...(await measureLength(stores, 'workspace', events)),
  ]
}

async function measureLength(stores: Stores, chain: Chain, events: number): Promise<AuditLogResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-audit-'))
  // The database server reads from it.
  chmodSync(folder, 0o755)
  const name = `latchkey_audit_${randomBytes(4).toString('hex')}`
  const [databaseUrl, superuserUrl] = [inDatabase(stores.databaseUrl, name), inDatabase(stores.superuserUrl, name)]
  await stores.query(`create database ${name} owner ${decodeURIComponent(new URL(databaseUrl).username)}`)
  const environment = { DATA_DIR: folder, DATABASE_URL: databaseUrl }
  try {
    const which = await fillLog({ environment, superuserUrl, folder, chain, events })
    const exported = join(folder, 'export.ndjson')
    // A shorter log is checked for its memory: most of its time is the start's.
    const goalSeconds = events < 1_000_000 ? {} : { goalSeconds: (60 * events) / 1_000_000 }
    const verify = await run(environment, ['audit', 'verify', ...which])
    const written = await run(environment, ['audit', 'export', ...which], exported)
    const offline = await run({}, ['audit', 'verify', '--export', exported])
    return [
      { what: `latchkey audit verify, ${chain}`, events, ...verify, ...goalSeconds, goalBytes },
      { what: `latchkey audit export, ${chain}`, events, ...written, goalBytes },
      { what: `latchkey audit verify --export, ${chain}`, events, ...offline, ...goalSeconds, goalBytes },
    ]
  } finally {
    await stores.query(`drop database ${name} with (force)`)
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Events as the product makes them, of a thousand people, each sealed and in its place: put there by COPY, which the product never does.
 * Answers the words that name the log.
 */
async function fillLog({
  environment,
  superuserUrl,
  folder,
  chain,
  events,
}: {
  environment: Record<string, string>
  superuserUrl: string
  folder: string
  chain: Chain
  events: number
}): Promise<string[]> {
  const durable = await openDurable(loadSettings(environment), {
    clock: systemClock,
    openCipher: openEnvelope,
    whenOld: 'migrate',
  })
  const client = new Client({ connectionString: superuserUrl })
  await client.connect()
  const copier = await openCopier(superuserUrl, folder, 'log')
  try {
    const writers = await createPeople(durable, client)
    const indexes = await dropIndexes(client)
    const workspace = chain === 'workspace' ? await createWorkspace(durable) : undefined
    const workspaceId = workspace?.id
    let head = firstHead(workspaceId ?? installationChain)
    for (let made = 0; made < events; made += rowsAtOnce) {
      const rows: Record<string, CopyValue>[] = []
      const links: Record<string, CopyValue>[] = []
      for (let turn = made; turn < Math.min(made + rowsAtOnce, events); turn += 1) {
        const writer = writers[turn % people]
        if (!writer) throw new Error('there is nobody whose event it could be')
        const { userId, key } = writer
        const {
          workspaceId: _none,
          disclosures,
          ...event
        } = buildEvent(
          workspaceId === undefined
            ? { action: 'session.created', userId, session_uid: newId() }
            : { action: 'member.viewed', userId, workspaceId },
          { actor: { kind: 'user', userId }, ip: '192.0.2.1', userAgent, requestId: newId(), clock: systemClock },
        )
        head = { ...head, position: head.position + 1, link: linkTo(head, event) }
        links.push({ chain_id: head.chainId, position: head.position, event_id: event.id, link: head.link })
        const place = { table: 'audit_events', column: 'disclosures', row: event.id }
        rows.push({
          id: event.id,
          workspace_id: workspaceId ?? null,
          user_id: userId,
          action: event.action,
          occurred_at: event.occurredAt,
          actor: event.actor ?? null,
          target: event.target ?? null,
          commitments: event.commitments,
          disclosures_sealed: key.seal(place, JSON.stringify(disclosures)),
        })
      }
      await copier.copy('audit_events', rows)
      await copier.copy('audit_links', links)
    }
    await copier.copy('audit_chains', [{ chain_id: head.chainId, position: head.position, link: head.link }])
    for (const definition of indexes) await client.query(definition)
    await client.query('vacuum (analyze)')
    await client.query('checkpoint')
    return workspace === undefined ? ['--installation'] : ['--workspace', workspace.slug]
  } finally {
    await copier.close()
    await client.end()
    await durable.close()
  }
}

function createWorkspace({ data }: Durable): Promise<{ id: string; slug: string }> {
  const circumstances = withoutRequest({ kind: 'system', reason: 'founding' }, systemClock)
  return data.scoped({ kind: 'system', reason: 'founding' }, repositories =>
    foundWorkspace(repositories, { name: 'Meadow', plan: 'pro', userId: undefined }, circumstances),
  )
}

interface Writer {
  userId: string
  key: DataKey
}

async function createPeople({ data, cipher }: Durable, client: Client): Promise<Writer[]> {
  const writers: Writer[] = []
  for (let index = 0; index < people; index += 1) {
    const userId = newId()
    const address = `person-${index}@example.com`
    await data.scoped(system, ({ users }) => users.create({ id: userId, address, locale: 'en', createdAt: systemClock() }))
    const key = await cipher.keyFor({ kind: 'user', userId }, async () => {
      const find = 'select wrapped from latchkey.user_keys where user_id = $1'
      return (await client.query<{ wrapped: Buffer }>(find, [userId])).rows[0]?.wrapped
    })
    writers.push({ userId, key })
  }
  return writers
}

async function run(
  environment: Record<string, string>,
  words: string[],
  output?: string,
): Promise<{ seconds: number; cpuSeconds: number; peakBytes: number }> {
  const began = performance.now()
  const child = spawn(process.execPath, [...memoryFlags(words), cli, ...words], {
    env: { ...environment, PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let [peakBytes, cpuSeconds] = [0, 0]
  const sampling = setInterval(() => {
    peakBytes = Math.max(peakBytes, readPeak(child.pid ?? 0))
    cpuSeconds = Math.max(cpuSeconds, cpuMilliseconds(child.pid ?? 0) / 1000)
  }, 100)
  const ended = once(child, 'exit')
  if (output === undefined) child.stdout.pipe(process.stdout, { end: false })
  else await pipeline(child.stdout, createWriteStream(output))
  const [code] = await ended
  clearInterval(sampling)
  if (code !== 0) throw new Error(`latchkey ${words.join(' ')} ended with ${String(code)}`)
  return { seconds: (performance.now() - began) / 1000, cpuSeconds, peakBytes }
}

/** The most that a process ever held, as the kernel counts it; 0 when it has gone. */
function readPeak(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
