import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../kernel/clock.ts'
import type { KeyWrapper } from '../ports/key-wrapper.ts'

/**
 * How `latchkey doctor` asks the running server what it sees of a request, through whatever proxies stand before it. Only
 * somebody who has the master key can ask: a probe is wrapped by it, as data keys are, and is good for a minute.
 */
export const probePath = '/doctor/probe'

/** Sent along by the doctor, to see whether cookies pass the proxies in both directions. */
export const probeCookie = '__Host-doctor-probe'

const context = 'doctor probe'
const lifetimeMilliseconds = 60_000
const timeBytes = 8

/** What the server saw of a probe. */
export const probeAnswer = z.object({
  /** What X-Forwarded-For held: what the doctor sent, unless a proxy took it away, and one entry for each proxy that appends. */
  forwardedFor: z.array(z.string()),
  trustedProxies: z.int().nonnegative(),
  /** The client's address, as limits and the audit log would have it. */
  clientAddress: z.string(),
  cookieArrived: z.boolean(),
  /** The server's clock, in milliseconds since the epoch. */
  now: z.number(),
  databaseAnswers: z.boolean(),
  storeAnswers: z.boolean(),
})

export type ProbeAnswer = z.infer<typeof probeAnswer>

export async function sealProbe(keyWrapper: KeyWrapper, clock: Clock): Promise<string> {
  const content = randomBytes(32)
  content.writeBigInt64BE(BigInt(clock().getTime()))
  return (await keyWrapper.wrap(content, context)).toString('base64url')
}

/** False where it was not made with this installation's master key, or is more than a minute old or early. */
export async function isGenuineProbe(probe: string, keyWrapper: KeyWrapper, clock: Clock): Promise<boolean> {
  const content = await keyWrapper.unwrap(Buffer.from(probe, 'base64url'), context).catch(() => undefined)
  if (content === undefined || content.length < timeBytes) return false
  return Math.abs(clock().getTime() - Number(content.readBigInt64BE())) <= lifetimeMilliseconds
}
