import type { JWK } from 'jose'
import { exportChain, fixRange } from '../audit/export.ts'
import { type ExportFormat, mediaTypes } from '../audit/export-record.ts'
import { type Circumstances, recordEvent } from '../audit/record.ts'
import type { Download } from '../http/answer.ts'
import { spendLimit } from '../http/limits.ts'
import type { AccessMode } from '../kernel/access-mode.ts'
import type { Clock } from '../kernel/clock.ts'
import { toError } from '../kernel/errors.ts'
import type { Data } from '../ports/data.ts'
import type { RateLimit, RateLimiter } from '../ports/rate-limiter.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import type { WorkspaceRecord } from '../ports/workspace-records.ts'
import type { Entitlements } from './entitlements.ts'

/** Of one workspace: each reads all of its log. */
const limit: RateLimit = { name: 'audit-downloads', points: 30, windowSeconds: 3600 }

export type AuditDownloads = ReturnType<typeof createAuditDownloads>

/** A workspace's log for its own people to take along. `keys` are the public ones that sign checkpoints. */
export function createAuditDownloads({
  data,
  clock,
  rateLimiter,
  entitlements,
  telemetry,
  keys,
}: {
  data: Pick<Data, 'read'>
  clock: Clock
  rateLimiter: RateLimiter
  entitlements: Entitlements
  telemetry: Pick<Telemetry, 'log'>
  keys: readonly JWK[]
}) {
  return {
    /**
     * Records, in the transaction at hand, that the log is taken along, and fixes how far it goes: from behind the position `after` to what
     * is sealed now. The download is to be read when that transaction is over. Rejects with AppError `entitlement-missing`,
     * `too-many-requests` or `bad-request`.
     */
    async begin(
      repositories: Repositories,
      {
        workspace,
        mode,
        format,
        after,
        circumstances,
      }: {
        workspace: Pick<WorkspaceRecord, 'id' | 'slug' | 'plan'>
        mode: Extract<AccessMode, { kind: 'workspace' }>
        format: ExportFormat
        after?: number | undefined
        circumstances: Circumstances
      },
    ): Promise<Download> {
      entitlements.require(workspace, 'audit-export')
      await spendLimit(rateLimiter, limit, workspace.id)
      const range = await fixRange(repositories, workspace.id, after)
      await recordEvent(repositories, { action: 'audit-log.exported', workspaceId: workspace.id, format }, circumstances)
      const now = clock()
      return {
        kind: 'download',
        pieces: reported(exportChain(data, mode, range, { format, keys, now }), circumstances.requestId),
        type: mediaTypes[format],
        fileName: `audit-log-${workspace.slug}-${now.toISOString().slice(0, 10)}.${format}`,
      }
    },
  }

  /** By the time that it fails the answer has begun: nobody else can say so. */
  async function* reported(pieces: AsyncGenerator<string>, requestId: string | undefined): AsyncGenerator<string> {
    try {
      yield* pieces
    } catch (error) {
      telemetry.log.error({ requestId, error: toError(error) }, 'an export of the audit log ended in the middle')
      throw error
    }
  }
}
