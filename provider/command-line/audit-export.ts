import { findOrCreateAuditKey, listPublicAuditKeys } from '../audit/audit-key.ts'
import { exportChain, fixRange } from '../audit/export.ts'
import type { ExportFormat } from '../audit/export-format.ts'
import { recordEvent, withoutRequest } from '../audit/record.ts'
import { AppError } from '../kernel/errors.ts'
import { isId } from '../kernel/ids.ts'
import { show } from '../kernel/wording.ts'
import { installationChain } from '../ports/audit-chain.ts'
import type { Data } from '../ports/data.ts'
import { commandActor, commandMode } from './command-mode.ts'
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
    const chainId = workspace === undefined ? installationChain : await findChain(data, workspace)
    const workspaceId = chainId === installationChain ? undefined : chainId
    const range = await data.scoped(commandMode, async repositories => {
      await recordEvent(repositories, { action: 'audit-log.exported', workspaceId, format }, withoutRequest(commandActor, clock))
      return fixRange(repositories, chainId)
    })
    const keys = await listPublicAuditKeys(data, commandMode)
    for await (const text of exportChain(data, commandMode, range, { format, keys, now: clock() })) await surroundings.write(text)
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

/** The chain of a workspace by its slug, or by the id of one that is gone. */
export async function findChain(data: Pick<Data, 'read'>, given: string): Promise<string> {
  const workspace = await data.read(commandMode, ({ workspaces }) => workspaces.findBySlug(given))
  if (workspace) return workspace.id
  const head = isId(given) ? await data.read(commandMode, ({ auditLog }) => auditLog.findHead(given)) : undefined
  if (head) return head.chainId
  throw new AppError('not-found', { detail: `There is no workspace ${show(given)}, and no log of one that was deleted.` })
}
