import { renderPasskeyOffer } from '../../views/sign-in/passkey-offer.tsx'
import type { Clock } from '../kernel/clock.ts'
import { deviceField } from '../passkeys/device-field.ts'
import type { Data } from '../ports/data.ts'
import type { EnrolmentOffer } from './method.ts'

const mode = { kind: 'system', reason: 'sign-in' } as const

/** Nobody who has said no is asked again before. */
const offerAgainSeconds = 90 * 86_400

export interface PasskeyOfferOptions {
  data: Data
  clock: Clock
  rpId: string
}

/** When somebody who has typed a code is offered a passkey for the next time. */
export function createPasskeyOffer({ data, clock, rpId }: PasskeyOfferOptions): EnrolmentOffer {
  return {
    /**
     * Whether to offer one now, to somebody who comes back in a browser that they use and has none; then it is not for another 90
     * days.
     */
    async isDue({ userId, browserHash }, form) {
      if (userId === undefined || form[deviceField.name] !== deviceField.value) return false
      return data.scoped(mode, async ({ accounts, knownBrowsers }) => {
        const [browser, { passkeys }] = await Promise.all([knownBrowsers.find(userId, browserHash), accounts.findFactors(userId)])
        if (browser === undefined || passkeys.some(passkey => passkey.rpId === rpId)) return false
        const { passkeyOfferedAt } = browser
        const now = clock()
        if (passkeyOfferedAt !== undefined && now.getTime() - passkeyOfferedAt.getTime() < offerAgainSeconds * 1000) return false
        await knownBrowsers.recordPasskeyOffer(userId, browserHash, now)
        return true
      })
    },

    show: (page, addHref, later) => renderPasskeyOffer(page, { addHref, later }),
  }
}
