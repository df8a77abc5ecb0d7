import { spendLimit } from '../http/limits.ts'
import type { RateLimit, RateLimiter } from '../ports/rate-limiter.ts'

const ofWorkspace: RateLimit = { name: 'invitations-of-workspace', points: 200, windowSeconds: 86_400 }
/** By whichever workspace: founding one costs nothing, and its admins may invite whom they like. */
const toRecipient: RateLimit = { name: 'invitations-to-recipient', points: 5, windowSeconds: 3600 }

/** Spends one invitation of a workspace to an address (in normal form). Throws AppError `too-many-requests`. */
export async function spendInvitation(
  rateLimiter: RateLimiter,
  { workspaceId, address }: { workspaceId: string; address: string },
): Promise<void> {
  await spendLimit(rateLimiter, ofWorkspace, workspaceId)
  await spendLimit(rateLimiter, toRecipient, address)
}
