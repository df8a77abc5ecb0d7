/** Fills a database that the product has prepared. Indexes are built when the rows are there, and statistics taken. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, chmodSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Client } from 'pg'
import { firstHead, linkTo } from '../../../provider/audit/link.ts'
import { installationChain, type LinkedEvent } from '../../../provider/ports/audit-chain.ts'
import { type CopyValue, openCopier } from './copy.ts'
import type { FillerTask } from './filler.ts'
import type { VolumeSize } from './people.ts'
import type { SignInTemplate } from './rows.ts'

/** Everything that a sign-in leaves behind goes with these; apps and the installation's keys stay. */
const emptied = [
  'users',
  'workspaces',
  'attempts',
  'audit_events',
  'audit_unsealed',
  'audit_chains',
  'audit_links',
  'audit_checkpoints',
  'code_failures',
]
const linksAtOnce = 20_000

export interface FillOptions {
  /** Of the product: where its data folder and its database are. */
  environment: Record<string, string>
  superuserUrl: string
  size: VolumeSize
}

export async function fillVolume({ environment, superuserUrl, size }: FillOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-copy-'))
  chmodSync(folder, 0o755)
  const client = new Client({ connectionString: superuserUrl })
  await client.connect()
  try {
    const template = await readTemplate(client)
    await client.query(`truncate ${emptied.map(table => `latchkey.${table}`).join(', ')} cascade`)
    const indexes = await dropIndexes(client)
    await fillAll({ environment, superuserUrl, folder, template, size, now: new Date() })
    await client.query("set maintenance_work_mem = '512MB'")
    for (const definition of indexes) await client.query(definition)
    await client.query('vacuum (analyze)')
    await client.query('checkpoint')
  } finally {
    await client.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Takes what the product wrote for somebody who has just signed in. */
async function readTemplate(client: Client): Promise<SignInTemplate> {
  const { rows } = await client.query<SignInTemplate>(
    `select s.user_id as "userId", f.client_id as "clientId", g.id as "grantId", s.uid as "sessionUid",
       m.workspace_id as "workspaceId", translate(encode(b.browser_hash, 'base64'), '+/=', '-_') as "browserHash",
       s.payload as session, g.payload as grant, f.payload as family
     from latchkey.refresh_families f
       join latchkey.grants g on g.id = f.grant_id
       join latchkey.sessions s on s.uid = g.session_uid
       join latchkey.memberships m on m.user_id = s.user_id
       join latchkey.known_browsers b on b.user_id = s.user_id
     limit 1`,
  )
  const [template] = rows
  if (!template) throw new Error('nobody has signed in whose rows could be a template')
  return template
}

/** Those that stand for no constraint; answers how they are made again. */
export async function dropIndexes(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i join pg_class c on c.oid = i.indrelid
     where c.relnamespace = 'latchkey'::regnamespace
       and not exists (select from pg_constraint where conindid = i.indexrelid)`,
  )
  for (const { name } of rows) await client.query(`drop index ${name}`)
  return rows.map(({ definition }) => definition)
}

async function fillAll(task: Omit<FillerTask, 'from' | 'to'>): Promise<void> {
  const { workspaces } = task.size
  const threads = Math.min(availableParallelism(), workspaces)
  const copier = await openCopier(task.superuserUrl, task.folder, 'links')
  const chain = chainOfInstallation(rows => copier.copy('audit_links', rows))
  const workers = Array.from({ length: threads }, (_, index) => {
    const [from, to] = [index, index + 1].map(share => Math.floor((share * workspaces) / threads))
    const worker = new Worker(join(import.meta.dirname, 'filler.ts'), { workerData: { ...task, from, to } })
    worker.on('message', (events: LinkedEvent[]) => chain.add(events))
    return once(worker, 'exit')
  })
  for (const [code] of await Promise.all(workers)) if (code !== 0) throw new Error(`a filler ended with ${String(code)}`)
  await copier.copy('audit_chains', [await chain.end()])
  await copier.close()
}

/** One chain, and so one thread: events are linked in the order in which they come. */
function chainOfInstallation(copy: (rows: Record<string, CopyValue>[]) => Promise<void>) {
  let head = firstHead(installationChain)
  let rows: Record<string, CopyValue>[] = []
  let copying: Promise<void> = Promise.resolve()
  const flush = () => {
    const ready = rows
    rows = []
    copying = copying.then(() => copy(ready))
  }
  return {
    add(events: LinkedEvent[]) {
      for (const event of events) {
        head = { ...head, position: head.position + 1, link: linkTo(head, event) }
        rows.push({ chain_id: head.chainId, position: head.position, event_id: event.id, link: head.link })
      }
      if (rows.length >= linksAtOnce) flush()
    },
    async end(): Promise<Record<string, CopyValue>> {
      flush()
      await copying
      return { chain_id: head.chainId, position: head.position, link: head.link, checkpointed_position: head.position }
    },
  }
}
