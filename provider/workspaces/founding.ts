import { randomBytes } from 'node:crypto'
import { type Circumstances, recordEvent } from '../audit/record.ts'
import { newId } from '../kernel/ids.ts'
import type { Repositories } from '../ports/repositories.ts'

/** Where a new user works: in a workspace of their own, in none until they are invited, or also in one that they found. */
export type NewUserWorkspace = 'personal' | 'invited' | 'founded'

export const slugPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/
export const longestSlug = 63

/** What fits into a page's field for a name, in characters. */
export const longestTypedName = 60

interface Founding {
  name: string
  /** One that says the name, and is nobody's yet, where none is given. */
  slug?: string
  personal?: boolean
  plan?: string
  /** Its first Admin; undefined where the first one will be invited. */
  userId: string | undefined
}

/**
 * Makes a workspace with its first Admin, in the caller's transaction; answers its id and slug. Rejects with AppError `conflict` where the
 * slug is taken.
 */
export async function foundWorkspace(
  repositories: Repositories,
  { name, slug = nameSlug(name), personal = false, plan = 'free', userId }: Founding,
  circumstances: Circumstances,
): Promise<{ id: string; slug: string }> {
  const id = newId()
  const createdAt = circumstances.clock()
  await repositories.workspaces.create({ id, slug, name, personal, plan, createdAt })
  if (!personal) await repositories.firstSetUp.recordFounding(id, createdAt)
  await recordEvent(
    repositories,
    { action: 'workspace.created', userId, workspaceId: id, after: { slug, personal, plan } },
    circumstances,
  )
  if (userId !== undefined) {
    const roles = ['admin']
    await repositories.workspaces.addMember({ workspaceId: id, userId, roles, createdAt })
    await recordEvent(repositories, { action: 'membership.added', userId, workspaceId: id, after: { roles } }, circumstances)
  }
  return { id, slug }
}

/** The workspace that a new user has for themselves. Its slug stands in tokens and URLs, so nothing of the person goes into it. */
export function foundPersonalWorkspace(
  repositories: Repositories,
  { userId }: { userId: string },
  circumstances: Circumstances,
): Promise<{ id: string; slug: string }> {
  const slug = `personal-${randomBytes(8).toString('hex')}`
  return foundWorkspace(repositories, { name: 'Personal', slug, personal: true, userId }, circumstances)
}

/**
 * The workspace of somebody who signed up while none was made for them, in the caller's transaction: the one that they have, where there is
 * one. Of the same form sent twice at once, the second finds what the first has made.
 */
export async function ensurePersonalWorkspace(
  repositories: Repositories,
  { userId }: { userId: string },
  circumstances: Circumstances,
): Promise<string> {
  await repositories.accounts.lock(userId)
  const own = (await repositories.workspaces.listForUser(userId)).find(({ personal }) => personal)
  return own?.id ?? (await foundPersonalWorkspace(repositories, { userId }, circumstances)).id
}

/** What can be read of the name, and a few letters that no other has. */
function nameSlug(name: string): string {
  return `${slugFor(name) ?? 'workspace'}-${randomBytes(3).toString('hex')}`
}

/** What can be read of the name in letters that a slug may have; undefined where it has none. Another workspace may have the same. */
export function slugFor(name: string): string | undefined {
  const readable = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40)
    .replace(/-$/, '')
  return readable === '' ? undefined : readable
}
