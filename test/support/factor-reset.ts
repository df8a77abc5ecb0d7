import { createAccessPasses } from '../../provider/access-passes/access-passes.ts'
import { createFactorReset } from '../../provider/access-passes/reset.ts'
import { withoutRequest } from '../../provider/audit/record.ts'
import { createSessionEnder } from '../../provider/oidc/end-sessions.ts'
import { createNoticeBudget } from '../../provider/users/notice-budget.ts'
import { createNotices } from '../../provider/users/notices.ts'
import { findPermissions } from '../../provider/workspaces/authority.ts'
import { foundWorkspace } from '../../provider/workspaces/founding.ts'
import type { RunningLatchkey } from './latchkey.ts'
import { asSystem } from './records.ts'

export const accessPassSeconds = 3600

export interface Colleague {
  address: string
  roles: string[]
}

/** A workspace of these people, all of whom have an account already; answers its id and slug, and their ids by address. */
export async function gather(
  { adapters: { data }, clock }: Pick<RunningLatchkey, 'adapters' | 'clock'>,
  people: readonly Colleague[],
): Promise<{ workspaceId: string; slug: string; idOf(address: string): string }> {
  const circumstances = withoutRequest({ kind: 'system', reason: 'command-line' }, clock.now)
  const ids = new Map<string, string>()
  const { id: workspaceId, slug } = await data.scoped(asSystem, async repositories => {
    const workspace = await foundWorkspace(repositories, { name: 'Fieldworks', userId: undefined }, circumstances)
    for (const { address, roles } of people) {
      const user = await repositories.users.findByAddress(address)
      if (user === undefined) throw new Error('they have no account yet')
      ids.set(address, user.id)
      await repositories.workspaces.addMember({ workspaceId: workspace.id, userId: user.id, roles, createdAt: clock.now() })
    }
    return workspace
  })
  return { workspaceId, slug, idOf: address => ids.get(address) ?? '' }
}

/** Resets a member's factors as the pages of the workspace do, on behalf of another member. */
export function resetFactors(
  { adapters, clock: { now: clock }, issuer }: Pick<RunningLatchkey, 'adapters' | 'clock' | 'issuer'>,
  { workspaceId, userId, by }: { workspaceId: string; userId: string; by: string },
) {
  const { data, store, cipher, rateLimiter } = adapters
  const sessionEnder = createSessionEnder({ data, store, cipher, clock })
  const reset = createFactorReset({
    accessPasses: createAccessPasses({ cipher, clock, lifetimeSeconds: accessPassSeconds }),
    notices: createNotices({ budget: createNoticeBudget(rateLimiter), issuer, installationName: 'Latchkey', clock }),
    endSessions: (repositories, id, circumstances) =>
      sessionEnder.endAllWithin(repositories, id, { reason: 'factor-reset', circumstances }),
  })
  const actor = { kind: 'user', userId: by } as const
  return data.scoped({ kind: 'system', reason: 'factor-reset' }, async repositories => {
    const roles = (await repositories.members.find(workspaceId, by))?.roles ?? []
    const permissions = new Set(await findPermissions(repositories, { workspaceId, ofApps: [] }, roles))
    const authority = { workspaceId, actor, permissions, ofApps: [] }
    return reset(repositories, authority, { userId }, { circumstances: withoutRequest(actor, clock), facts: undefined })
  })
}
