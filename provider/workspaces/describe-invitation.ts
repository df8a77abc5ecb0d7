import type { Repositories } from '../ports/repositories.ts'
import type { InvitationRecord } from '../ports/workspace-records.ts'
import { nameRoles } from './role-names.ts'
import { isBuiltInRole } from './roles.ts'
import { isWorkspaceOpen } from './workspace.ts'

/** An invitation as the person who was invited reads it. */
export interface DescribedInvitation {
  id: string
  workspaceId: string
  slug: string
  workspace: string
  /** As people call them. */
  roles: string[]
  /** Who invites, where that is somebody who is still there. */
  inviter: string | undefined
}

/** Undefined where the workspace is closed, or gone. In a system scope: whoever is invited is no member yet. */
export async function describeInvitation(
  { workspaces, roles, users }: Pick<Repositories, 'workspaces' | 'roles' | 'users'>,
  { id, workspaceId, roles: keys, invitedBy }: InvitationRecord,
): Promise<DescribedInvitation | undefined> {
  const [workspace, custom, inviter] = await Promise.all([
    workspaces.findById(workspaceId),
    keys.every(isBuiltInRole) ? [] : roles.list(workspaceId),
    invitedBy === undefined ? undefined : users.findById(invitedBy),
  ])
  if (workspace === undefined || !isWorkspaceOpen(workspace)) return undefined
  return {
    id,
    workspaceId,
    slug: workspace.slug,
    workspace: workspace.name,
    roles: nameRoles(keys, custom),
    inviter: inviter && (inviter.name ?? inviter.address),
  }
}
