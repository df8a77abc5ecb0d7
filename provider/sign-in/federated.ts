import { speak } from '../../views/messages.ts'
import { renderUpstreamAway } from '../../views/sign-in/upstream-away.tsx'
import { renderUpstreamRefused } from '../../views/sign-in/upstream-refused.tsx'
import { keptSeconds } from '../connections/client.ts'
import type { Connection } from '../connections/connection.ts'
import { spendLimit } from '../http/limits.ts'
import type { RateLimit, RateLimiter } from '../ports/rate-limiter.ts'
import type { AttemptRecord } from '../ports/records.ts'
import { normaliseAddress } from './address.ts'
import { callbackRoutes } from './callback-routes.ts'
import { policyRequestOf } from './policy-request.ts'
import type { RoutedMethod } from './routed-method.ts'
import type { UpstreamVisits } from './upstream-visits.ts'

/** Each costs a request or two to somebody else's servers. */
const departuresFromAddressBlock: RateLimit = { name: 'upstream-visits', points: 300, windowSeconds: 3600 }

export interface FederatedOptions {
  visits: UpstreamVisits
  rateLimiter: RateLimiter
}

/**
 * A sign-in by an account elsewhere. The person goes there and comes back to the connection's own address (callback-routes.ts), which
 * makes the proof: no form of ours does.
 */
export function createFederated(connection: Connection, { visits, rateLimiter }: FederatedOptions): RoutedMethod {
  const { id, label: service, mfa } = connection
  return {
    id,
    yields: mfa === 'counts' ? ['fed', 'mfa'] : ['fed'],

    beginning: {
      // Whom they say they are, they say there.
      parse: () => ({ address: undefined }),
      async limit(_attempt, facts) {
        await spendLimit(rateLimiter, departuresFromAddressBlock, facts.addressBlock)
        return 'send'
      },
      async depart(attempt, isAnew) {
        const departure = await visits.depart(connection, wishesOf(attempt, isAnew))
        return async kept => {
          await visits.rememberRefusal(kept.id, departure.kind === 'refused' ? departure.reason : undefined)
          if (departure.kind === 'refused') return undefined
          await departure.keep({ kind: 'sign-in', uid: kept.interactionUid, attemptId: kept.id }, kept.browserHash)
          return departure.url
        }
      },
      prepare: async () => async () => {},
      offer: (urls, page) => ({
        kind: 'form',
        label: speak(page.locale).say('upstream.continue', { service }),
        form: { action: `${urls.page}/${id}` },
      }),
    },

    label: page => speak(page.locale).say('upstream.continue', { service }),

    async show(_repositories, attempt, page, urls) {
      const reason = await visits.findRefusal(attempt.id)
      const fields: Record<string, string> = reason === 'sign-in-too-old' ? { anew: '1' } : {}
      const ways = { service, tryAgain: { action: `${urls.page}/${id}`, fields }, otherWay: { action: urls.change } }
      return reason === undefined ? renderUpstreamAway(page, ways) : renderUpstreamRefused(page, { ...ways, reason })
    },

    verify: async () => ({ kind: 'refused', problem: 'attempt-expired' }),

    routes: surroundings => callbackRoutes(connection, visits, surroundings),
  }
}

/**
 * What the app asked for, passed on. A hint, a language and `prompt` are wishes. How recent the sign-in has to be is none: the upstream
 * has to show it (`auth_time`), and one that can't is no way in for such a request, since otherwise an old session over there would pass
 * here for somebody who has just come in.
 */
function wishesOf({ request, locale }: AttemptRecord, isAnew: boolean) {
  const hint = request['login_hint']
  const isToAskAnew = isAnew || (request['prompt'] ?? '').split(' ').includes('login')
  const { maxAgeSeconds } = policyRequestOf(request)
  return {
    loginHint: hint === undefined ? undefined : normaliseAddress(hint),
    uiLocale: locale === '' ? undefined : locale,
    prompt: isToAskAnew ? ('login' as const) : undefined,
    // As long as somebody may take over there.
    maxAgeSeconds: isToAskAnew ? Math.min(maxAgeSeconds ?? keptSeconds, keptSeconds) : maxAgeSeconds,
  }
}
