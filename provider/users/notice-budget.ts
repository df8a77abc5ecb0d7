import type { RateLimit, RateLimiter } from '../ports/rate-limiter.ts'

const ofKind: RateLimit = { name: 'notices-of-kind', points: 5, windowSeconds: 3600 }
const firstOfKind: RateLimit = { name: 'notices-of-kind-first', points: 1, windowSeconds: 3600 }
const lastOfKind: RateLimit = { name: 'notices-of-kind-last', points: 1, windowSeconds: 3600 }
const ofPerson: RateLimit = { name: 'notices-of-person', points: 20, windowSeconds: 3600 }
const lastOfPerson: RateLimit = { name: 'notices-of-person-last', points: 1, windowSeconds: 3600 }

/** `whole`: the notice itself. `last`: that more happened than is told, and where it can be seen. `none`: that was said. */
export type NoticeShare = 'whole' | 'last' | 'none'

export interface NoticeBudget {
  /** Spends one notice of this kind to this person. */
  spend(userId: string, kind: string): Promise<NoticeShare>
}

/**
 * How many notices a person gets in an hour: five of a kind and twenty in all, and the first of each kind whatever was told before.
 * Each limit that is used up is told of by one last mail that leads to the activity, where everything stands. Each kind has its own,
 * because whoever is in somebody's account could otherwise rename a passkey, or add and remove addresses, often enough for another
 * passkey to be added unseen.
 */
export function createNoticeBudget(rateLimiter: RateLimiter): NoticeBudget {
  const isLeft = async (limit: RateLimit, key: string) => (await rateLimiter.consume(limit, key)).allowed

  return {
    async spend(userId, kind) {
      const key = `${userId} ${kind}`
      const isFirst = await isLeft(firstOfKind, key)
      const share = (await isLeft(ofKind, key)) ? 'whole' : (await isLeft(lastOfKind, key)) ? 'last' : 'none'
      // What is not sent costs nothing of what is for all kinds.
      if (share === 'none' || (await isLeft(ofPerson, userId)) || isFirst) return share
      return (await isLeft(lastOfPerson, userId)) ? 'last' : 'none'
    },
  }
}
