import { spendLimit } from '../http/limits.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { RateLimit, RateLimiter } from '../ports/rate-limiter.ts'
import type { Store } from '../ports/store.ts'

const fromAddressBlock: RateLimit = { name: 'mails-from-address-block', points: 200, windowSeconds: 3600 }
const ofInstallation: RateLimit = { name: 'mails-of-installation', points: 50_000, windowSeconds: 3600 }
/** Windows are fixed, so the short one keeps two hours' mails from coming at once where one hour ends and the next begins. */
const toRecipient: readonly RateLimit[] = [
  { name: 'mails-to-recipient-shortly', points: 3, windowSeconds: 300 },
  { name: 'mails-to-recipient', points: 5, windowSeconds: 3600 },
]
const toOwnBrowser: readonly RateLimit[] = [
  { name: 'mails-to-own-browser-shortly', points: 3, windowSeconds: 300 },
  { name: 'mails-to-own-browser', points: 5, windowSeconds: 3600 },
]
const rememberedSeconds = 90 * 86_400

/**
 * How many mails one recipient gets. What everybody may have sent to her is one budget, and strangers can use it up; so a browser
 * in which she has signed in has another, of its own, and nobody keeps her out.
 */
export function createMailBudget({
  rateLimiter,
  store,
  cipher,
}: {
  rateLimiter: RateLimiter
  store: Store
  cipher: Pick<FieldCipher, 'blindIndex'>
}) {
  const nameBrowser = (address: string, browser: Buffer) =>
    cipher.blindIndex('rate-limit', `proved:${browser.toString('base64url')}:${address}`).toString('base64url')
  const keyOf = (name: string) => `proved:${name}`

  return {
    /** Spends one mail of all that may be asked for from there, and by everybody. Throws AppError `too-many-requests`. */
    async spendShared(addressBlock: string): Promise<void> {
      await spendLimit(rateLimiter, fromAddressBlock, addressBlock)
      await spendLimit(rateLimiter, ofInstallation, 'installation')
    },

    /** Spends one mail. False where there is none left, neither in everybody's budget nor in this browser's. */
    async spend(address: string, browser: Buffer): Promise<boolean> {
      if (await spendAll(toRecipient, address)) return true
      const name = nameBrowser(address, browser)
      return (await store.get(keyOf(name))) !== undefined && (await spendAll(toOwnBrowser, name))
    },

    /** Remembers for ninety days that whoever uses this browser has proved the address in it. */
    rememberBrowser: (address: string, browser: Buffer) =>
      store.put(keyOf(nameBrowser(address, browser)), '1', rememberedSeconds),
  }

  /** One after the other: what the first refuses costs nothing of the second. */
  async function spendAll(limits: readonly RateLimit[], key: string): Promise<boolean> {
    for (const limit of limits) if (!(await rateLimiter.consume(limit, key)).allowed) return false
    return true
  }
}
