import type { JWK } from 'jose'
import { z } from 'zod'
import { type ChainEntry, type ChainHead, type Disclosure, installationChain } from '../ports/audit-chain.ts'
import { type ChainChecker, type ChainReport, createChainChecker } from './chain-checker.ts'
import { type Checkpoint, createCheckpointReader } from './checkpoint.ts'
import { readRecords } from './export-format.ts'

const hash = z
  .string()
  .regex(/^[\da-f]{64}$/)
  .transform(text => Buffer.from(text, 'hex'))
const texts = z.record(z.string(), z.string())

const chainRecord = z.strictObject({
  record: z.literal('chain'),
  version: z.literal(1),
  chain: z.uuid(),
  exported_at: z.iso.datetime(),
  after: z.strictObject({ position: z.int().positive(), link: hash }).optional(),
  keys: z.array(z.record(z.string(), z.unknown())),
})
const record = z.discriminatedUnion('record', [
  z.strictObject({ record: z.literal('checkpoint'), checkpoint: z.string() }),
  z.strictObject({
    record: z.literal('event'),
    position: z.int().positive(),
    link: hash,
    id: z.uuid(),
    occurred_at: z.iso.datetime().optional(),
    action: z.string().optional(),
    user_id: z.string().optional(),
    actor: z.string().optional(),
    target: z.string().optional(),
    commitments: texts.optional(),
    disclosures: z.record(z.string(), z.strictObject({ salt: z.string(), value: z.string() })).optional(),
    withheld: z.enum(['emptied', 'erased', 'broken', 'deleted']).optional(),
  }),
  z.strictObject({
    record: z.literal('end'),
    position: z.int().nonnegative(),
    link: z.string(),
    unsealed: z.int().nonnegative(),
  }),
])

type EventRecord = Extract<z.output<typeof record>, { record: 'event' }>

export interface ExportReport extends ChainReport {
  unsealed: number
  /** The position behind which the export begins. */
  after: number
  /** Whether whoever checks brought the keys along, or had to take those of the file at their word. */
  pinned: boolean
}

/**
 * Checks an export by itself. `keys` are those that the installation is known by; without them, the ones in the file are
 * believed, and what is shown is only that the file agrees with itself. Undefined where the text is no export at all.
 */
export async function verifyExport(
  lines: AsyncIterable<string>,
  options: {
    keys: JWK[] | undefined
    /** Genuine checkpoints of a chain that were kept elsewhere. */
    outside(chainId: string, readCheckpoint: (signed: string) => Promise<Checkpoint | undefined>): Promise<Checkpoint[]>
    onProgress(checked: number): void
  },
): Promise<ExportReport | undefined> {
  const records = readRecords(lines)
  const first = chainRecord.safeParse((await records.next()).value)
  if (!first.success) return undefined
  const { chain: chainId, after, keys: fileKeys } = first.data
  const readCheckpoint = createCheckpointReader(options.keys ?? fileKeys)
  const checkpoints = await options.outside(chainId, readCheckpoint)
  const early: string[] = []
  let checker: ChainChecker | undefined
  let end: (ChainHead & { unsealed: number }) | undefined
  let line = 1

  function check(): ChainChecker {
    if (checker) return checker
    checker = createChainChecker(chainId, checkpoints, after && { chainId, ...after })
    for (const complaint of early) checker.complain(complaint)
    return checker
  }

  for await (const given of records) {
    line += 1
    const parsed = record.safeParse(given)
    if (!parsed.success) early.push(`Record ${line} of the file cannot be read.`)
    else if (parsed.data.record === 'checkpoint' && checker === undefined) {
      const checkpoint = await readCheckpoint(parsed.data.checkpoint)
      if (checkpoint?.chainId === chainId) checkpoints.push(checkpoint)
      else early.push(`The checkpoint in record ${line} of the file was not signed by this installation for this chain.`)
    } else if (parsed.data.record === 'event') {
      check().add(toEntry(chainId, parsed.data))
      if (parsed.data.position % 10_000 === 0) options.onProgress(parsed.data.position)
    } else if (parsed.data.record === 'end') {
      const { position, link, unsealed } = parsed.data
      end = { chainId, position, link: position === 0 ? Buffer.alloc(32) : Buffer.from(link, 'hex'), unsealed }
    }
    if (checker !== undefined) for (const complaint of early.splice(0)) checker.complain(complaint)
  }
  if (end === undefined) check().complain('The file ends in the middle: its last record is missing.')
  return { ...check().finish(end), unsealed: end?.unsealed ?? 0, after: after?.position ?? 0, pinned: options.keys !== undefined }
}

function toEntry(chainId: string, given: EventRecord): ChainEntry {
  const { position, link, id, occurred_at: occurredAt, action, commitments } = given
  const isGone = occurredAt === undefined || action === undefined || commitments === undefined
  return {
    chainId,
    position,
    link,
    eventId: id,
    event: isGone
      ? undefined
      : {
          id,
          workspaceId: chainId === installationChain ? undefined : chainId,
          userId: given.user_id,
          action,
          occurredAt: new Date(occurredAt),
          actor: given.actor,
          target: given.target,
          commitments,
          disclosure: toDisclosure(given),
        },
  }
}

function toDisclosure({ disclosures, withheld }: EventRecord): Disclosure {
  if (disclosures) return { kind: 'open', disclosures }
  // Neither there nor accounted for: somebody took it out.
  return withheld === 'emptied' || withheld === 'erased' ? { kind: withheld } : { kind: 'broken' }
}
