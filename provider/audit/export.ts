import type { JWK } from 'jose'
import type { AccessMode } from '../kernel/access-mode.ts'
import { AppError } from '../kernel/errors.ts'
import type { ChainEntry, ChainHead } from '../ports/audit-chain.ts'
import type { Data } from '../ports/data.ts'
import type { Repositories } from '../ports/repositories.ts'
import { renderCsv } from './export-csv.ts'
import { renderNdjson } from './export-format.ts'
import type { ExportFormat, ExportRecord } from './export-record.ts'
import { firstHead } from './link.ts'

const entriesAtOnce = 100

/** What of a chain is exported: fixed at the beginning, however long the export takes and whatever is sealed meanwhile. */
export interface ExportRange {
  /** Behind this. */
  start: ChainHead
  end: ChainHead
  /** As they were signed. */
  checkpoints: string[]
}

/** All of a chain behind the position `after`. Rejects with AppError `bad-request` where the chain doesn't go so far. */
export async function fixRange(
  { auditCheckpoints, auditLog }: Pick<Repositories, 'auditCheckpoints' | 'auditLog'>,
  chainId: string,
  after = 0,
): Promise<ExportRange> {
  // The checkpoints first: the head is then at least as far.
  const checkpoints = (await auditCheckpoints.list(chainId)).map(({ signed }) => signed)
  const end = (await auditLog.findHead(chainId)) ?? firstHead(chainId)
  if (after === 0) return { start: firstHead(chainId), end, checkpoints }
  const [entry] = after > end.position ? [] : await auditLog.listEntries(chainId, after - 1, 1)
  if (entry?.position !== after) throw new AppError('bad-request', { detail: `Nothing is sealed at the position ${after} yet.` })
  return { start: { chainId, position: after, link: entry.link }, end, checkpoints }
}

/**
 * A range as text, piece by piece, with what it takes to check it where there is no database: links, commitments, salts and values,
 * checkpoints, and the public keys that signed them. In memory is one piece at a time, whatever the length of the log, and no
 * transaction is open while nobody asks for the next one.
 */
export async function* exportChain(
  data: Pick<Data, 'read'>,
  mode: AccessMode,
  { start, end, checkpoints }: ExportRange,
  { format, keys, now }: { format: ExportFormat; keys: readonly JWK[]; now: Date },
): AsyncGenerator<string> {
  const { chainId } = end
  const render = format === 'csv' ? renderCsv() : renderNdjson
  const after = start.position === 0 ? undefined : describeHead(start)
  yield render([
    { record: 'chain', version: 1, chain: chainId, exported_at: now.toISOString(), ...(after && { after }), keys: [...keys] },
    ...checkpoints.map(checkpoint => ({ record: 'checkpoint' as const, checkpoint })),
  ])
  let { position } = start
  while (position < end.position) {
    const limit = Math.min(entriesAtOnce, end.position - position)
    const behind = position
    const entries = await data.read(mode, ({ auditLog }) => auditLog.listEntries(chainId, behind, limit))
    const last = entries.at(-1)
    if (last === undefined) break
    yield render(entries.filter(entry => entry.position <= end.position).map(describe))
    position = last.position
  }
  const unsealed = await data.read(mode, ({ auditChain }) => auditChain.countUnsealed(chainId))
  const { position: all, link } = describeHead(end)
  yield render([{ record: 'end', position: all, link: all === 0 ? '' : link, unsealed }])
}

function describeHead({ position, link }: ChainHead) {
  return { position, link: link.toString('hex') }
}

function describe({ position, link, eventId, event }: ChainEntry): ExportRecord {
  const place = { record: 'event', position, link: link.toString('hex'), id: eventId } as const
  if (event === undefined) return { ...place, withheld: 'deleted' }
  const { occurredAt, action, userId, actor, target, commitments, disclosure } = event
  return {
    ...place,
    occurred_at: occurredAt.toISOString(),
    action,
    user_id: userId,
    actor,
    target,
    commitments,
    ...(disclosure.kind === 'open' ? { disclosures: disclosure.disclosures } : { withheld: disclosure.kind }),
  }
}
