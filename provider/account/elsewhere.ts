import type { Route } from '../http/route.ts'
import { removalRoutes } from './removing.ts'
import { type AccountParts, nameConnection } from './surroundings.ts'
import { waysInPath } from './ways-in.ts'

/** Accounts with others that lead into this one: taking one away. */
export function elsewhereRoutes(parts: AccountParts): Route[] {
  return removalRoutes(parts, {
    path: `${waysInPath}/elsewhere/:id/unlink`,
    section: 'ways-in',
    question: 'unlink',
    outcome: 'unlinked',

    async find({ upstreamIdentities }, userId, id) {
      const found = (await upstreamIdentities.listForUser(userId)).find(identity => identity.id === id)
      if (found === undefined) return undefined
      const { connection, issuer, subject, address } = found
      const service = nameConnection(parts, connection)
      return {
        subject: address === undefined ? service : `${service} (${address})`,
        event: {
          action: 'upstream-identity.unlinked',
          userId,
          identity_id: id,
          before: { connection, issuer, subject, address: address ?? null },
        },
        notice: { kind: 'service-unlinked', service },
      }
    },

    remove: ({ upstreamIdentities }, userId, id) => upstreamIdentities.delete(userId, id),
  })
}
