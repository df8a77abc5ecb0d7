/** What it costs to check and to export a long audit log: seconds and memory of `latchkey audit`, in a process of its own. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { openDurable } from '../../adapters/open-durable.ts'
import { loadSettings } from '../../config/load.ts'
import { firstHead, linkTo } from '../../provider/audit/link.ts'
import { buildEvent } from '../../provider/audit/record.ts'
import { openEnvelope } from '../../provider/envelope/envelope.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { installationChain } from '../../provider/ports/audit-chain.ts'
import type { Stores } from './stores.ts'

export interface AuditLogResult {
  what: string
  events: number
  seconds: number
  peakBytes: number
  goalSeconds?: number
  goalBytes: number
}

const cli = join(import.meta.dirname, '../../.build/cli.mjs')
const goalBytes = 200 * 1024 * 1024
const system = { kind: 'system', reason: 'job' } as const
const people = 1000
const rowsAtOnce = 2000

export async function measureAuditLog(stores: Stores, events: number): Promise<AuditLogResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-audit-'))
  const url = new URL(stores.databaseUrl)
  const name = `latchkey_audit_${randomBytes(4).toString('hex')}`
  await stores.query(`create database ${name} owner ${decodeURIComponent(url.username)}`)
  url.pathname = `/${name}`
  const environment = { DATA_DIR: folder, DATABASE_URL: url.href }
  try {
    await fillLog(environment, events)
    const exported = join(folder, 'export.ndjson')
    const goalSeconds = (60 * events) / 1_000_000
    const verify = await run(environment, ['audit', 'verify', '--installation'])
    const written = await run(environment, ['audit', 'export', '--installation'], exported)
    const offline = await run({}, ['audit', 'verify', '--export', exported])
    return [
      { what: 'latchkey audit verify', events, ...verify, goalSeconds, goalBytes },
      { what: 'latchkey audit export', events, ...written, goalBytes },
      { what: 'latchkey audit verify --export', events, ...offline, goalSeconds, goalBytes },
    ]
  } finally {
    await stores.query(`drop database ${name} with (force)`)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Events as the product makes them, of a thousand people, each sealed and in its place: put there in bulk, which the product never does. */
async function fillLog(environment: Record<string, string>, events: number): Promise<void> {
  const { data, database, cipher, close } = await openDurable(loadSettings(environment), {
    clock: systemClock,
    openCipher: openEnvelope,
    whenOld: 'migrate',
  })
  try {
    const userIds = Array.from({ length: people }, newId)
    for (const [index, id] of userIds.entries())
      await data.scoped(system, ({ users }) =>
        users.create({ id, address: `person-${index}@example.com`, locale: 'en', createdAt: systemClock() }),
      )
    let head = firstHead(installationChain)
    for (let made = 0; made < events; made += rowsAtOnce) {
      const rows = await Promise.all(
        Array.from({ length: Math.min(rowsAtOnce, events - made) }, async (_, index) => {
          const userId = userIds[(made + index) % people] ?? ''
          const event = buildEvent(
            { action: 'session.created', userId, session_uid: newId() },
            {
              actor: { kind: 'user', userId },
              ip: '192.0.2.1',
              userAgent: 'Mozilla/5.0 (X11)',
              requestId: newId(),
              clock: systemClock,
            },
          )
          const key = await cipher.keyFor({ kind: 'user', userId }, async () => {
            const find = 'select wrapped from latchkey.user_keys where user_id = $1'
            const { rows: found } = await database.read(system, scope => scope.query(find, [userId]))
            // The one column that was asked for.
            return found[0]?.['wrapped'] as Buffer | undefined
          })
          const place = { table: 'audit_events', column: 'disclosures', row: event.id }
          return { event, sealed: key.seal(place, JSON.stringify(event.disclosures)).toString('hex') }
        }),
      )
      const links = rows.map(({ event }) => (head = { ...head, position: head.position + 1, link: linkTo(head, event) }))
      const column = (pick: (row: (typeof rows)[number]) => string) => rows.map(pick)
      await database.transaction(system, async scope => {
        await scope.query(
          `insert into latchkey.audit_events (id, user_id, action, occurred_at, actor, target, commitments, disclosures_sealed)
           select id, user_id, action, at, actor, target, commitments::json, decode(sealed, 'hex')
           from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[])
             as given (id, user_id, action, at, actor, target, commitments, sealed)`,
          [
            column(({ event }) => event.id),
            column(({ event }) => event.userId ?? ''),
            column(({ event }) => event.action),
            column(({ event }) => event.occurredAt.toISOString()),
            column(({ event }) => event.actor ?? ''),
            column(({ event }) => event.target ?? ''),
            column(({ event }) => JSON.stringify(event.commitments)),
            column(({ sealed }) => sealed),
          ],
        )
        await scope.query(
          `insert into latchkey.audit_links select $1, position, event_id, decode(link, 'hex')
           from unnest($2::bigint[], $3::uuid[], $4::text[]) as given (position, event_id, link)`,
          [
            installationChain,
            links.map(({ position }) => String(position)),
            column(({ event }) => event.id),
            links.map(({ link }) => link.toString('hex')),
          ],
        )
      })
    }
    await database.transaction(system, scope =>
      scope.query('insert into latchkey.audit_chains (chain_id, position, link) values ($1, $2, $3)', [
        installationChain,
        head.position,
        head.link,
      ]),
    )
  } finally {
    await close()
  }
}

async function run(
  environment: Record<string, string>,
  words: string[],
  output?: string,
): Promise<{ seconds: number; peakBytes: number }> {
  const began = performance.now()
  const child = spawn(process.execPath, [cli, ...words], {
    env: { ...environment, PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let peakBytes = 0
  const sampling = setInterval(() => {
    peakBytes = Math.max(peakBytes, readPeak(child.pid ?? 0))
  }, 100)
  const ended = once(child, 'exit')
  if (output === undefined) child.stdout.pipe(process.stdout, { end: false })
  else await pipeline(child.stdout, createWriteStream(output))
  const [code] = await ended
  clearInterval(sampling)
  if (code !== 0) throw new Error(`latchkey ${words.join(' ')} ended with ${String(code)}`)
  return { seconds: (performance.now() - began) / 1000, peakBytes }
}

/** The most that a process ever held, as the kernel counts it; 0 when it has gone. */
function readPeak(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
