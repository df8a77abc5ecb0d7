import { type Circumstances, recordEvent } from '../audit/record.ts'
import type { Repositories } from '../ports/repositories.ts'

/**
 * Goes on, in the caller's transaction, in the system's scope, with the deletion of a workspace whose time is over. The first such
 * transaction takes it from everybody, for good, and keeps its key apart for the log; the rows that are left go by at most about `limit`
 * at a time, however many there are. False where there is nothing to be done.
 */
export async function deleteDueWorkspaces(
  repositories: Pick<Repositories, 'auditEvents' | 'workspaces'>,
  limit: number,
  circumstances: Circumstances,
): Promise<boolean> {
  const { workspaces } = repositories
  const moment = circumstances.clock()
  const [workspaceId] = await workspaces.listDueForDeletion(moment, 1)
  if (workspaceId === undefined) return false
  await workspaces.lock(workspaceId)
  // An admin has taken it back at the last moment, or another node was quicker.
  const [stillDue] = await workspaces.listDueForDeletion(moment, 1)
  if (stillDue !== workspaceId) return true
  if (await workspaces.delete(workspaceId, moment))
    await recordEvent(repositories, { action: 'workspace.deleted', deleted_workspace_id: workspaceId }, circumstances)
  await workspaces.deleteRemains(workspaceId, limit)
  return true
}
