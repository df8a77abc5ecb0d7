import { findOrCreateAuditKey, listPublicAuditKeys } from '../audit/audit-key.ts'
import type { AuditEvent } from '../audit/catalogue.ts'
import { exportChain, fixRange } from '../audit/export.ts'
import type { ExportFormat } from '../audit/export-record.ts'
import { recordEvent, withoutRequest } from '../audit/record.ts'
import { AppError } from '../kernel/errors.ts'
import { isId } from '../kernel/ids.ts'
import { show } from '../kernel/wording.ts'
import { installationChain } from '../ports/audit-chain.ts'
import type { Data } from '../ports/data.ts'
import { commandActor, commandMode, deletedWorkspaceMode } from './command-mode.ts'
import type { ExitCode, Surroundings } from './surroundings.ts'
import { withData } from './with-data.ts'

export interface ExportRequest {
  workspace?: string
  installation?: true
  format: ExportFormat
}

/** Prints a chain piece by piece: neither its length nor a slow reader costs memory. That it was read is recorded first. */
export function exportAudit(surroundings: Surroundings, request: ExportRequest): Promise<ExitCode> {
  const { clock } = surroundings
  const { workspace, installation, format } = request
  return withData(surroundings, async ({ data }) => {
    if (workspace === undefined && installation === undefined) {
      surroundings.complain('Say of what: --workspace <slug>, or --installation.')
      return 2
    }
    const { chainId, mode } = workspace === undefined ? installationLog : await findLog(data, workspace)
    const range = await data.scoped(mode, async repositories => {
      await recordEvent(repositories, describeExport({ chainId, mode }, format), withoutRequest(commandActor, clock))
      return fixRange(repositories, chainId)
    })
    const keys = await listPublicAuditKeys(data, commandMode)
    for await (const text of exportChain(data, mode, range, { format, keys, now: clock() })) await surroundings.write(text)
    return 0
  })
}

export function printAuditKey(surroundings: Surroundings): Promise<ExitCode> {
  return withData(surroundings, async ({ data }) => {
    await findOrCreateAuditKey(data, commandMode, surroundings.clock)
    surroundings.print(JSON.stringify({ keys: await listPublicAuditKeys(data, commandMode) }, undefined, 2))
    return 0
  })
}

/** A chain, and the mode in which what it says can be opened. */
export interface Log {
  chainId: string
  mode: typeof commandMode | typeof deletedWorkspaceMode
}

export const installationLog: Log = { chainId: installationChain, mode: commandMode }

/** The log of a workspace by its slug, or by the id of one that is gone. */
export async function findLog(data: Pick<Data, 'read'>, given: string): Promise<Log> {
  const workspace = await data.read(commandMode, ({ workspaces }) => workspaces.findBySlug(given))
  if (workspace) return { chainId: workspace.id, mode: commandMode }
  const head = isId(given) ? await data.read(commandMode, ({ auditLog }) => auditLog.findHead(given)) : undefined
  if (head) return findLogOfChain(data, head.chainId)
  throw new AppError('not-found', { detail: `There is no workspace ${show(given)}, and no log of one that was deleted.` })
}

export async function findLogOfChain(data: Pick<Data, 'read'>, chainId: string): Promise<Log> {
  if (chainId === installationChain) return installationLog
  const workspace = await data.read(commandMode, ({ workspaces }) => workspaces.findById(chainId))
  return { chainId, mode: workspace ? commandMode : deletedWorkspaceMode }
}

/** In the log that was exported, or, of a deleted workspace, whose own log has ended, in the installation's. */
function describeExport({ chainId, mode }: Log, format: ExportFormat): AuditEvent {
  if (mode === deletedWorkspaceMode) return { action: 'audit-log.of-deleted-exported', deleted_workspace_id: chainId, format }
  return { action: 'audit-log.exported', workspaceId: chainId === installationChain ? undefined : chainId, format }
}
