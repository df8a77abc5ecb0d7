import { hash } from 'node:crypto'
import type { ChainHead, LinkedEvent } from '../ports/audit-chain.ts'

const label = 'latchkey audit link 1'
const linkBytes = 32

/** Before the first event of every chain. */
export function firstHead(chainId: string): ChainHead {
  return { chainId, position: 0, link: Buffer.alloc(linkBytes) }
}

/**
 * The link behind `head` that stands for `event`: SHA-256 over a list of texts, each after its length in bytes (32 bits,
 * big-endian), so that no two lists share the message. In this order: the label "latchkey audit link 1", the link before in
 * lower-case hex (64 zeros for the first), the chain's id, the position in decimal (from 1), the event's id, its action, its
 * moment (ISO 8601, UTC, milliseconds), the user, the actor and the target (each empty where there is none), then for each
 * commitment, in the order of their names by UTF-16 code units, the name and the commitment.
 */
export function linkTo(head: ChainHead, event: LinkedEvent): Buffer {
  const { commitments } = event
  const texts = [
    label,
    head.link.toString('hex'),
    head.chainId,
    String(head.position + 1),
    event.id,
    event.action,
    event.occurredAt.toISOString(),
    event.userId ?? '',
    event.actor ?? '',
    event.target ?? '',
  ]
  for (const name of Object.keys(commitments).toSorted()) texts.push(name, commitments[name] ?? '')
  return hash('sha256', encode(texts), 'buffer')
}

function encode(texts: readonly string[]): Buffer {
  let length = 0
  for (const text of texts) length += 4 + Buffer.byteLength(text)
  const message = Buffer.allocUnsafe(length)
  let end = 0
  for (const text of texts) {
    const bytes = message.write(text, end + 4)
    message.writeUInt32BE(bytes, end)
    end += 4 + bytes
  }
  return message
}
