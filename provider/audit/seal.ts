import type { ChainLink } from '../ports/audit-chain.ts'
import type { Repositories } from '../ports/repositories.ts'
import { firstHead, linkTo } from './link.ts'

/**
 * Seals up to `limit` committed events into their chains, in the caller's transaction; answers how many. None where somebody else
 * is at it. Writers lock nothing of this: a chain grows behind them, and no event waits for another one's transaction.
 */
export async function sealEvents({ auditChain }: Pick<Repositories, 'auditChain'>, limit: number): Promise<number> {
  const events = await auditChain.takeUnsealed(limit)
  if (events === undefined || events.length === 0) return 0
  const chainIds = [...new Set(events.map(({ chainId }) => chainId))]
  const heads = new Map((await auditChain.lockHeads(chainIds)).map(head => [head.chainId, head]))
  const links: ChainLink[] = []
  for (const event of events) {
    const { chainId } = event
    const head = heads.get(chainId) ?? firstHead(chainId)
    const moved = { chainId, position: head.position + 1, link: linkTo(head, event) }
    links.push({ ...moved, eventId: event.id })
    heads.set(chainId, moved)
  }
  await auditChain.append(links, [...heads.values()])
  return links.length
}
