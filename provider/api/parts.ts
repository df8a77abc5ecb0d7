import type { AccountParts } from '../account/surroundings.ts'
import type { ResetFactors } from '../access-passes/reset.ts'
import type { Clock } from '../kernel/clock.ts'
import type { SessionEnder } from '../oidc/end-sessions.ts'
import type { Data } from '../ports/data.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import type { Notices } from '../users/notices.ts'
import type { AuditDownloads } from '../workspaces/audit-downloads.ts'
import type { Entitlements } from '../workspaces/entitlements.ts'
import type { Invitations } from '../workspaces/invitations.ts'
import type { RouteKinds } from './kinds-of-route.ts'
import type { Cursors } from './cursors.ts'

/** What the API's routes are made with. */
export interface ApiParts extends RouteKinds {
  issuer: string
  data: Data
  clock: Clock
  rateLimiter: RateLimiter
  cursors: Cursors
  entitlements: Entitlements
  auditDownloads: AuditDownloads
  invitations: Invitations
  resetFactors: ResetFactors
  sessionEnder: SessionEnder
  notices: Notices
  connections: AccountParts['connections']
  workspaceGraceSeconds: number
  erasureGraceSeconds: number
}
