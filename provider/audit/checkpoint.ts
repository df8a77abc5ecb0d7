import { CompactSign, compactVerify, createLocalJWKSet, type JWK } from 'jose'
import { z } from 'zod'
import { secondsAfter } from '../kernel/clock.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ChainHead } from '../ports/audit-chain.ts'
import type { Data } from '../ports/data.ts'
import type { AuditKey } from './audit-key.ts'

const type = 'audit-checkpoint+jws'
const batch = 500

/** What a checkpoint says: at this moment, the chain went to this position, and its link was this. */
export interface Checkpoint extends ChainHead {
  at: Date
}

const payload = z.object({
  chain: z.uuid(),
  position: z.int().positive(),
  link: z.string().regex(/^[\da-f]{64}$/),
  at: z.iso.datetime(),
})

/** A compact JWS (RFC 7515) with a `typ` of its own, so that nothing else that is signed passes for one. */
export function signCheckpoint({ chainId, position, link, at }: Checkpoint, { kid, privateKey }: AuditKey): Promise<string> {
  const text = JSON.stringify({ chain: chainId, position, link: link.toString('hex'), at: at.toISOString() })
  return new CompactSign(Buffer.from(text)).setProtectedHeader({ alg: 'EdDSA', typ: type, kid }).sign(privateKey)
}

/** Reads checkpoints that one of these keys has signed; answers undefined for whatever is none. */
export function createCheckpointReader(keys: readonly JWK[]): (signed: string) => Promise<Checkpoint | undefined> {
  const find = createLocalJWKSet({ keys: [...keys] })
  return async signed => {
    try {
      const { payload: bytes, protectedHeader } = await compactVerify(signed, find, { algorithms: ['EdDSA'] })
      if (protectedHeader.typ !== type) return undefined
      const { chain, position, link, at } = payload.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
      return { chainId: chain, position, link: Buffer.from(link, 'hex'), at: new Date(at) }
    } catch {
      return undefined
    }
  }
}

/**
 * Signs the heads of the chains that have moved. Each leaves the database before it is kept there: what was published is there a
 * second time at worst, and never missing.
 */
export async function makeCheckpoints(
  data: Pick<Data, 'scoped'>,
  options: { key: AuditKey; clock: Clock; publish(signed: string): Promise<void> },
): Promise<void> {
  let made = batch
  while (made === batch) {
    made = await data.scoped({ kind: 'system', reason: 'job' }, async ({ auditCheckpoints }) => {
      const heads = await auditCheckpoints.takeMoved(batch)
      // To the second, downwards: a reader compares it with a log.
      const now = options.clock()
      const at = secondsAfter(now, -now.getMilliseconds() / 1000)
      const checkpoints = await Promise.all(
        heads.map(async head => ({ ...head, madeAt: at, signed: await signCheckpoint({ ...head, at }, options.key) })),
      )
      for (const { signed } of checkpoints) await options.publish(signed)
      if (checkpoints.length > 0) await auditCheckpoints.save(checkpoints)
      return heads.length
    })
  }
}
