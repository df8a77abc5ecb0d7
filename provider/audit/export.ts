import type { JWK } from 'jose'
import type { AccessMode } from '../kernel/access-mode.ts'
import type { ChainEntry } from '../ports/audit-chain.ts'
import type { Data } from '../ports/data.ts'
import { type ExportFormat, type ExportRecord, renderCsv, renderNdjson } from './export-format.ts'

const entriesAtOnce = 250

/**
 * A chain as text, piece by piece, with what it takes to check it where there is no database: links, commitments, salts and values,
 * checkpoints, and the public keys that signed them. In memory is one piece at a time, whatever the length of the log.
 */
export async function* exportChain(
  data: Pick<Data, 'read'>,
  mode: AccessMode,
  options: { chainId: string; format: ExportFormat; keys: JWK[]; now: Date },
): AsyncGenerator<string> {
  const { chainId, format, keys, now } = options
  const render = format === 'csv' ? renderCsv() : renderNdjson
  // The checkpoints first: the head is then at least as far.
  const checkpoints = await data.read(mode, ({ auditCheckpoints }) => auditCheckpoints.list(chainId))
  const head = await data.read(mode, ({ auditLog }) => auditLog.findHead(chainId))
  yield render([
    { record: 'chain', version: 1, chain: chainId, exported_at: now.toISOString(), keys },
    ...checkpoints.map(({ signed }) => ({ record: 'checkpoint' as const, checkpoint: signed })),
  ])
  const end = head?.position ?? 0
  let position = 0
  while (position < end) {
    const limit = Math.min(entriesAtOnce, end - position)
    const after = position
    const entries = await data.read(mode, ({ auditLog }) => auditLog.listEntries(chainId, after, limit))
    const last = entries.at(-1)
    if (last === undefined) break
    yield render(entries.filter(entry => entry.position <= end).map(describe))
    position = last.position
  }
  const unsealed = await data.read(mode, ({ auditChain }) => auditChain.countUnsealed(chainId))
  yield render([{ record: 'end', position: end, link: head?.link.toString('hex') ?? '', unsealed }])
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
