import { type Circumstances, recordEvent } from '../audit/record.ts'
import { AppError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { hashSecret, newSecret } from '../kernel/secrets.ts'
import type { Repositories } from '../ports/repositories.ts'
import { assertKnown, assertWithin, type Authority, requirePermission } from './authority.ts'
import type { Entitlements } from './entitlements.ts'

/** So many a workspace can have. */
export const mostApiKeys = 100

const keyPattern = /^lk_([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/

/** What stands before the secret of every key of ours, so that scanners of source code know one when they see it. */
export const apiKeyPrefix = 'lk_'

/** The two parts of a key: by the one it is found, by the other it is known. Undefined where it has not the form of one. */
export function readApiKey(key: string): { id: string; secretHash: Buffer } | undefined {
  const [, digits, secret] = keyPattern.exec(key) ?? []
  if (digits === undefined || secret === undefined) return undefined
  const id = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { id, secretHash: hashSecret(secret) }
}

/**
 * Makes a key for programs, in the caller's transaction, in the workspace's scope; answers it this once. It may do what it is made for as
 * far as whoever made it may: at any time. A person makes it, never another key, so that a stolen one ends when it says. Rejects with AppError
 * `permission-unknown`, `more-than-own`, `entitlement-missing`, or `conflict` where there are as many as there can be.
 */
export async function createApiKey(
  repositories: Repositories,
  authority: Authority,
  { name, permissions: wanted, expiresAt }: { name: string; permissions: readonly string[]; expiresAt: Date },
  { circumstances, entitlements }: { circumstances: Circumstances; entitlements: Entitlements },
): Promise<{ id: string; key: string }> {
  requirePermission(authority, 'api-keys.manage')
  const { workspaceId, actor } = authority
  if (actor.kind !== 'user') throw new AppError('forbidden', { detail: 'A key is made by a person, with a token of theirs.' })
  assertKnown(authority, wanted)
  assertWithin(authority, wanted)
  await repositories.workspaces.lock(workspaceId)
  await entitlements.requireNow(repositories, workspaceId, 'api-keys')
  if ((await repositories.apiKeys.count(workspaceId)) >= mostApiKeys)
    throw new AppError('conflict', { detail: `A workspace can have ${mostApiKeys} keys.` })
  const id = newId()
  const secret = newSecret()
  const permissions = [...new Set(wanted)].toSorted()
  const createdAt = circumstances.clock()
  await repositories.apiKeys.create({
    workspaceId,
    id,
    name,
    secretHash: hashSecret(secret),
    permissions,
    createdBy: actor.userId,
    createdAt,
    expiresAt,
  })
  const after = { name, permissions, expires_at: expiresAt }
  await recordEvent(repositories, { action: 'api-key.created', workspaceId, api_key_id: id, after }, circumstances)
  return { id, key: `${apiKeyPrefix}${id.replaceAll('-', '')}_${secret}` }
}

/** Ends a key at once, in the caller's transaction, in the workspace's scope. Rejects with AppError `not-found`. */
export async function deleteApiKey(
  repositories: Repositories,
  authority: Authority,
  keyId: string,
  circumstances: Circumstances,
): Promise<void> {
  requirePermission(authority, 'api-keys.manage')
  const { workspaceId } = authority
  const key = await repositories.apiKeys.find(workspaceId, keyId)
  if (key === undefined || !(await repositories.apiKeys.delete(workspaceId, keyId))) throw new AppError('not-found')
  const before = { name: key.name, permissions: key.permissions }
  await recordEvent(repositories, { action: 'api-key.deleted', workspaceId, api_key_id: keyId, before }, circumstances)
}
