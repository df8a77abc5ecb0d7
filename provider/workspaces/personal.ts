import { randomBytes } from 'node:crypto'
import { type Circumstances, recordEvent } from '../audit/record.ts'
import { newId } from '../kernel/ids.ts'
import type { Repositories } from '../ports/repositories.ts'

/** Founds the workspace that a new user has for themselves, as its Admin, in the caller's transaction. */
export async function foundPersonalWorkspace(
  repositories: Repositories,
  { userId }: { userId: string },
  circumstances: Circumstances,
): Promise<void> {
  const id = newId()
  const createdAt = circumstances.clock()
  // A slug stands in tokens and URLs, so nothing of the person's address goes into it.
  const slug = `personal-${randomBytes(8).toString('hex')}`
  const roles = ['admin']
  await repositories.workspaces.create({ id, slug, name: 'Personal', personal: true, createdAt })
  await repositories.workspaces.addMember({ workspaceId: id, userId, roles, createdAt })
  await recordEvent(
    repositories,
    { action: 'workspace.created', userId, workspaceId: id, after: { slug, personal: true } },
    circumstances,
  )
  await recordEvent(repositories, { action: 'membership.added', userId, workspaceId: id, after: { roles } }, circumstances)
}
