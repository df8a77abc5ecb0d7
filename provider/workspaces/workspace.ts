import { type Circumstances, recordEvent } from '../audit/record.ts'
import { secondsAfter } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { WorkspaceRecord, WorkspaceRequirement } from '../ports/workspace-records.ts'
import { type Authority, requirePermission } from './authority.ts'
import type { Entitlements } from './entitlements.ts'

/** Whether people can work in it: it is not suspended, and not about to be deleted. */
export function isWorkspaceOpen({ status, deletionDueAt }: Pick<WorkspaceRecord, 'status' | 'deletionDueAt'>): boolean {
  return status === 'active' && deletionDueAt === undefined
}

/** What is changed of a workspace, by whoever has seen `version`; changes reject with AppError `version-stale` for others. */
interface Seen {
  version?: number
}

/** Gives it another name, in the caller's transaction, in the workspace's scope. */
export async function renameWorkspace(
  repositories: Repositories,
  authority: Authority,
  { name, version }: Seen & { name: string },
  circumstances: Circumstances,
): Promise<void> {
  requirePermission(authority, 'workspace.update')
  await change(repositories, authority.workspaceId, circumstances, {
    apply: ({ workspaces }, { id }) => workspaces.rename(id, name, version),
    tell: workspace => ({ before: { name: workspace.name }, after: { name } }),
  })
}

/**
 * What everybody needs who signs in for it, in the caller's transaction, in the workspace's scope. A list of accepted authenticators that
 * is there already stays where the plan does not include one any more; another rejects with AppError `entitlement-missing`.
 */
export async function changeRequirement(
  repositories: Repositories,
  authority: Authority,
  { requirement, version }: Seen & { requirement: WorkspaceRequirement },
  { circumstances, entitlements }: { circumstances: Circumstances; entitlements: Entitlements },
): Promise<void> {
  requirePermission(authority, 'workspace.update')
  await change(repositories, authority.workspaceId, circumstances, {
    async apply({ workspaces }, workspace) {
      if (!isKept(workspace.requirement.authenticators, requirement.authenticators))
        entitlements.require(workspace, 'accepted-authenticators')
      return workspaces.changeRequirement(workspace.id, requirement, version)
    },
    tell: workspace => ({ before: describe(workspace.requirement), after: describe(requirement) }),
  })
}

/**
 * Closes it at once, and has it deleted when the time in which that can be taken back is over. Answers when that will be. Rejects with
 * AppError `personal-workspace` where it is somebody's own: that one goes with their account, and without it they could sign in to nothing.
 */
export async function scheduleDeletion(
  repositories: Repositories,
  authority: Authority,
  { graceSeconds, version }: Seen & { graceSeconds: number },
  circumstances: Circumstances,
): Promise<Date> {
  requirePermission(authority, 'workspace.delete')
  const dueAt = secondsAfter(circumstances.clock(), graceSeconds)
  await change(repositories, authority.workspaceId, circumstances, {
    async apply({ workspaces }, { id, personal }) {
      if (personal) throw new AppError('personal-workspace', { detail: 'A personal workspace goes with its account.' })
      return workspaces.scheduleDeletion(id, dueAt, version)
    },
    tell: ({ deletionDueAt }) => ({ before: { deletion_due_at: deletionDueAt }, after: { deletion_due_at: dueAt } }),
  })
  return dueAt
}

/** Opens it again. Rejects with AppError `conflict` where nobody had asked for its deletion. */
export async function cancelDeletion(
  repositories: Repositories,
  authority: Authority,
  circumstances: Circumstances,
): Promise<void> {
  requirePermission(authority, 'workspace.delete')
  await change(repositories, authority.workspaceId, circumstances, {
    async apply({ workspaces }, { id, deletionDueAt }) {
      if (deletionDueAt === undefined) throw new AppError('conflict', { detail: 'The workspace is not about to be deleted.' })
      return workspaces.scheduleDeletion(id, undefined)
    },
    tell: ({ deletionDueAt }) => ({ before: { deletion_due_at: deletionDueAt }, after: { deletion_due_at: null } }),
  })
}

/** Closes a workspace, or opens it again, in the caller's transaction, in the system's scope: not the workspace's own to say. */
export async function changeStatus(
  repositories: Repositories,
  { workspaceId, status, version }: Seen & { workspaceId: string; status: WorkspaceRecord['status'] },
  circumstances: Circumstances,
): Promise<void> {
  await change(repositories, workspaceId, circumstances, {
    apply: ({ workspaces }, { id }) => workspaces.changeStatus(id, status, version),
    tell: workspace => ({ before: { status: workspace.status }, after: { status } }),
  })
}

/** The same of its plan, a name of the configuration. */
export async function changePlan(
  repositories: Repositories,
  { workspaceId, plan, version }: Seen & { workspaceId: string; plan: string },
  circumstances: Circumstances,
): Promise<void> {
  await change(repositories, workspaceId, circumstances, {
    apply: ({ workspaces }, { id }) => workspaces.changePlan(id, plan, version),
    tell: workspace => ({ before: { plan: workspace.plan }, after: { plan } }),
  })
}

interface Change {
  apply(repositories: Repositories, workspace: WorkspaceRecord): Promise<boolean>
  tell(workspace: WorkspaceRecord): { before: Record<string, unknown>; after: Record<string, unknown> }
}

async function change(
  repositories: Repositories,
  workspaceId: string,
  circumstances: Circumstances,
  { apply, tell }: Change,
): Promise<void> {
  await repositories.workspaces.lock(workspaceId)
  const workspace = await repositories.workspaces.findById(workspaceId)
  if (workspace === undefined) throw new AppError('not-found')
  if (!(await apply(repositories, workspace))) throw new AppError('version-stale')
  await recordEvent(repositories, { action: 'workspace.changed', workspaceId, ...tell(workspace) }, circumstances)
}

/** Whether a list of models is none, or the one that was there. */
function isKept(before: readonly string[] | undefined, after: readonly string[] | undefined): boolean {
  return after === undefined || JSON.stringify(before?.toSorted()) === JSON.stringify(after.toSorted())
}

function describe({ level, from, authenticators }: WorkspaceRequirement) {
  return { required_level: level, required_from: from ?? null, accepted_authenticators: authenticators ?? null }
}
