import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { hashSecret } from '../kernel/secrets.ts'
import type { Store } from '../ports/store.ts'

export const deviceCodeGrantType = 'urn:ietf:params:oauth:grant-type:device_code'

/** RFC 8628 §3.2: what a device waits that was told nothing else; §3.5: what is added each time it doesn't. */
const intervalSeconds = 5
/** As long as a device code lives. */
const rememberedSeconds = 600

/**
 * Tells a device to slow down that asks sooner than its interval allows (RFC 8628 §3.5). That is a kind of "not yet": a device whose
 * person has decided gets its tokens, however soon it comes. Only a code that is there and pending gets so far, so nobody fills
 * the store with codes that they made up.
 */
export async function paceDevice(ctx: KoaContextWithOIDC, store: Store, handle: () => Promise<void>): Promise<void> {
  try {
    await handle()
  } catch (error) {
    const code = ctx.oidc.params?.['device_code']
    if (!(error instanceof errors.AuthorizationPending) || typeof code !== 'string') throw error
    throw (await isTooSoon(store, hashSecret(code).toString('base64url'))) ? new errors.SlowDown() : error
  }
}

/**
 * A mark lies in the store for as long as the next poll has to wait, so that the store's own time decides, not that of several nodes.
 * Its value is how often this code's device was told to slow down: the mark of a longer wait is never replaced by a shorter one.
 */
async function isTooSoon(store: Store, code: string): Promise<boolean> {
  const [mark, count] = [`device-poll:${code}`, `device-slowed:${code}`]
  const before = (await store.get(count)) ?? '0'
  if (await store.compareAndSet(mark, undefined, before, waitAfter(before))) return false
  const slowed = await store.increment(count, rememberedSeconds)
  for (;;) {
    const current = await store.get(mark)
    if (Number(current ?? -1) >= slowed) return true
    if (await store.compareAndSet(mark, current, String(slowed), waitAfter(slowed))) return true
  }
}

function waitAfter(slowed: number | string): number {
  return Math.min(intervalSeconds * (1 + Number(slowed)), rememberedSeconds)
}
