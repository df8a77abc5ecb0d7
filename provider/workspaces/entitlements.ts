import type { Entitlement, Plans } from '../kernel/entitlements.ts'
import { AppError } from '../kernel/errors.ts'
import type { Repositories } from '../ports/repositories.ts'

export type Entitlements = ReturnType<typeof createEntitlements>

/** The one place that knows what a workspace's plan includes. */
export function createEntitlements(plans: Plans) {
  function includes({ plan }: { plan: string }, entitlement: Entitlement): boolean {
    return Object.hasOwn(plans, plan) && plans[plan]?.includes(entitlement) === true
  }

  function require(workspace: { plan: string }, entitlement: Entitlement): void {
    if (includes(workspace, entitlement)) return
    throw new AppError('entitlement-missing', { detail: `The plan ${workspace.plan} does not include ${entitlement}.` })
  }

  return {
    /** By the name of a plan; of a plan that the configuration has no more, nothing. */
    plans,

    /** For what is shown, and what is not. */
    includes,

    /** Rejects with AppError `entitlement-missing`, which names the entitlement, where the workspace's plan lacks it. */
    require,

    /** The same of the plan that the workspace has within the caller's transaction: what makes something asks it, whoever calls. */
    async requireNow(
      { workspaces }: Pick<Repositories, 'workspaces'>,
      workspaceId: string,
      entitlement: Entitlement,
    ): Promise<void> {
      const workspace = await workspaces.findById(workspaceId)
      if (workspace === undefined) throw new AppError('not-found')
      require(workspace, entitlement)
    },

    /** Rejects with AppError `bad-request` where there is no such plan. */
    assertPlan(plan: string): void {
      if (Object.hasOwn(plans, plan)) return
      throw new AppError('bad-request', { detail: `There is no plan ${plan}. The plans are ${Object.keys(plans).join(', ')}.` })
    },
  }
}
