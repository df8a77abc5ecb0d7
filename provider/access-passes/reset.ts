import { type Circumstances, recordEvent } from '../audit/record.ts'
import type { RequestFacts } from '../http/context.ts'
import { AppError } from '../kernel/errors.ts'
import type { Repositories } from '../ports/repositories.ts'
import { recoveryMethod } from '../recovery-codes/recovery-codes.ts'
import { totpMethod } from '../totp/devices.ts'
import type { Notices } from '../users/notices.ts'
import { assertWithin, type Authority, findPermissions, requirePermission } from '../workspaces/authority.ts'
import { type AccessPass, accessPassMethod, type AccessPasses } from './access-passes.ts'

export interface FactorResetOptions {
  accessPasses: AccessPasses
  notices: Notices
  /** Ends all sessions of a person, and makes void what they have proved. */
  endSessions(repositories: Repositories, userId: string, circumstances: Circumstances): Promise<unknown>
}

export type ResetFactors = ReturnType<typeof createFactorReset>

interface Asked {
  circumstances: Circumstances
  facts: RequestFacts | undefined
}

interface Member {
  workspaceId: string
  userId: string
}

/**
 * Takes passkeys, authenticator apps and recovery codes away from a member who has lost them, ends their sessions, and answers a pass, once,
 * that stands for them beside the mailbox. Both are told: the member at every address. In the caller's transaction, in the scope of
 * `factor-reset`, with the authority that whoever asks has under the workspace's lock.
 *
 * For whoever may manage members and has all that this one has, and never for themselves: their own are in their account. What a person has
 * enrolled protects all of their workspaces, so it is reset only where they are a member of no other than this and their personal one;
 * elsewhere it rejects with AppError `member-elsewhere`, and the way back is a recovery code, or leaving the others first. Rejects as well
 * with AppError `not-found`, `forbidden`, `more-than-own` or `personal-workspace`. A person resets, never a key: whoever stole one would
 * take the account of everybody who may do less than its maker.
 */
export function createFactorReset({ accessPasses, notices, endSessions }: FactorResetOptions) {
  return async function resetFactors(
    repositories: Repositories,
    authority: Authority,
    { userId }: { userId: string },
    { circumstances, facts }: Asked,
  ): Promise<AccessPass> {
    const { workspaceId } = authority
    await repositories.workspaces.lock(workspaceId)
    await assertMayReset(repositories, authority, { workspaceId, userId })
    await repositories.accounts.lock(userId)
    const before = await removeFactors(repositories, userId)
    await endSessions(repositories, userId, circumstances)
    await recordEvent(repositories, { action: 'factors.reset', userId, workspaceId, before }, circumstances)
    const made = await accessPasses.make(repositories, { workspaceId, userId }, circumstances)
    const expiry = made.expiresAt.toISOString()
    await recordEvent(repositories, { action: 'access-pass.made', userId, workspaceId, expires_at: expiry }, circumstances)
    await tellBoth(repositories, authority, { workspaceId, userId }, facts)
    return made
  }

  async function tellBoth(
    { accounts, jobs, users, workspaces }: Repositories,
    { actor }: Authority,
    { workspaceId, userId }: Member,
    facts: RequestFacts | undefined,
  ): Promise<void> {
    const [member, workspace] = await Promise.all([users.findById(userId), workspaces.findById(workspaceId)])
    if (member === undefined || workspace === undefined) throw new AppError('not-found')
    // From which device and where is the admin's, and not for the member to know.
    await notices.notify({ accounts, jobs }, member, { kind: 'factors-reset', workspace: workspace.name }, undefined)
    const admin = actor.kind === 'user' ? await users.findById(actor.userId) : undefined
    if (admin === undefined) return
    const notice = { kind: 'access-pass-made', workspace: workspace.name, member: member.address } as const
    await notices.notify({ accounts, jobs }, admin, notice, facts)
  }
}

async function assertMayReset(repositories: Repositories, authority: Authority, { workspaceId, userId }: Member): Promise<void> {
  requirePermission(authority, 'members.manage')
  const { actor } = authority
  if (actor.kind !== 'user') throw new AppError('forbidden', { detail: 'A person resets factors, with a token of theirs.' })
  if (actor.userId === userId) throw new AppError('forbidden', { detail: 'Your own ways to sign in are in your account.' })
  const [workspace, member] = await Promise.all([
    repositories.workspaces.findById(workspaceId),
    repositories.members.find(workspaceId, userId),
  ])
  if (workspace === undefined || member === undefined) throw new AppError('not-found')
  if (workspace.personal) throw new AppError('personal-workspace')
  assertWithin(authority, await findPermissions(repositories, authority, member.roles))
  const all = await repositories.workspaces.listForUser(userId)
  if (all.some(({ id, personal }) => id !== workspaceId && !personal)) throw new AppError('member-elsewhere')
}

/** Answers how many there were of each. */
async function removeFactors(
  { passkeys, totpDevices, recoveryCodes, factorFailures }: Repositories,
  userId: string,
): Promise<Record<string, number>> {
  const [keys, devices, codes] = await Promise.all([
    passkeys.listForUser(userId),
    totpDevices.listForUser(userId),
    recoveryCodes.findState(userId),
  ])
  for (const { id } of keys) await passkeys.delete(userId, id)
  for (const { id } of devices) await totpDevices.delete(userId, id)
  await recoveryCodes.deleteAll(userId)
  // Wrong tries of what is gone count for nothing that comes.
  for (const method of [totpMethod, recoveryMethod, accessPassMethod]) await factorFailures.reset(userId, method)
  return { passkeys: keys.length, authenticator_apps: devices.length, recovery_codes: codes?.unused ?? 0 }
}
