import type { AccessMode } from '../kernel/access-mode.ts'
import type { Data } from '../ports/data.ts'
import type { StrayEvents } from '../ports/audit-chain.ts'
import { type ChainReport, createChainChecker } from './chain-checker.ts'
import type { Checkpoint } from './checkpoint.ts'

export interface DatabaseReport extends ChainReport {
  /** Committed, and in no chain yet: a running server seals them within a second. */
  unsealed: number
}

const entriesAtOnce = 100
const straysAtOnce = 250

/**
 * Checks one chain as it lies in the database. `readCheckpoint` tells genuine ones from others; `outside` are genuine ones that
 * were kept elsewhere. While a page is checked the next one is on its way; no more than two are in memory.
 */
export async function verifyChain(
  data: Pick<Data, 'read'>,
  mode: AccessMode,
  chainId: string,
  options: {
    readCheckpoint(signed: string): Promise<Checkpoint | undefined>
    outside: readonly Checkpoint[]
    onProgress(checked: number, all: number): void
  },
): Promise<DatabaseReport> {
  const { readCheckpoint, outside, onProgress } = options
  // Before the head, which is then at least as far; what is sealed meanwhile is another time's.
  const kept = await data.read(mode, ({ auditCheckpoints }) => auditCheckpoints.list(chainId))
  const head = await data.read(mode, ({ auditLog }) => auditLog.findHead(chainId))
  const checkpoints = [...outside]
  const forged: number[] = []
  for (const { position, signed } of kept) {
    const checkpoint = await readCheckpoint(signed)
    if (checkpoint?.chainId === chainId) checkpoints.push(checkpoint)
    else forged.push(position)
  }
  const checker = createChainChecker(chainId, checkpoints)
  for (const position of forged) checker.complain('A checkpoint in the database was not signed by this installation.', position)

  const end = head?.position ?? Number.MAX_SAFE_INTEGER
  const fetchPage = (after: number) =>
    data.read(mode, ({ auditLog }) => auditLog.listEntries(chainId, after, Math.min(entriesAtOnce, end - after)))
  let page = await fetchPage(0)
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    const next = last.position < end ? fetchPage(last.position) : Promise.resolve([])
    for (const entry of page) checker.add(entry)
    onProgress(last.position, head?.position ?? last.position)
    page = await next
  }

  let after: StrayEvents['next']
  do {
    const { eventIds, next } = await data.read(mode, ({ auditLog }) => auditLog.listStrays(chainId, after, straysAtOnce))
    for (const id of eventIds)
      checker.complain(`The event ${id} stands in no chain: it was put there by another way, or its link was deleted.`)
    after = next
  } while (after !== undefined)
  const vanished = await data.read(mode, ({ auditLog }) => auditLog.listVanished(chainId, 1000))
  for (const id of vanished) checker.complain(`The event ${id} was deleted before it was sealed.`)

  const unsealed = await data.read(mode, ({ auditChain }) => auditChain.countUnsealed(chainId))
  return { ...checker.finish(head), unsealed }
}
