import type { ResetFactors } from '../access-passes/reset.ts'
import type { AppRegistry } from '../apps/registry.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Data } from '../ports/data.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import type { AuditDownloads } from '../workspaces/audit-downloads.ts'
import type { Entitlements } from '../workspaces/entitlements.ts'
import type { Invitations } from '../workspaces/invitations.ts'
import type { ConsoleRouteMaker } from './console-route.ts'

/** What the pages of a workspace are made with. */
export interface ConsoleParts {
  consoleRoute: ConsoleRouteMaker
  data: Data
  clock: Clock
  rateLimiter: RateLimiter
  registry: AppRegistry
  invitations: Invitations
  entitlements: Entitlements
  auditDownloads: AuditDownloads
  resetFactors: ResetFactors
  /** How long the deletion of a workspace can be taken back. */
  workspaceGraceSeconds: number
}
