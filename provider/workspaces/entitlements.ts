import type { Entitlement, Plans } from '../kernel/entitlements.ts'
import { AppError } from '../kernel/errors.ts'

export type Entitlements = ReturnType<typeof createEntitlements>

/** The one place that knows what a workspace's plan includes. */
export function createEntitlements(plans: Plans) {
  const includes = (plan: string, entitlement: Entitlement) => Object.hasOwn(plans, plan) && plans[plan]?.includes(entitlement)

  return {
    /** By the name of a plan; of a plan that the configuration has no more, nothing. */
    plans,

    /** Rejects with AppError `entitlement-missing`, which names the entitlement, where the workspace's plan lacks it. */
    require({ plan }: { plan: string }, entitlement: Entitlement): void {
      if (includes(plan, entitlement)) return
      throw new AppError('entitlement-missing', { detail: `The plan ${plan} does not include ${entitlement}.` })
    },

    /** Rejects with AppError `bad-request` where there is no such plan. */
    assertPlan(plan: string): void {
      if (Object.hasOwn(plans, plan)) return
      throw new AppError('bad-request', { detail: `There is no plan ${plan}. The plans are ${Object.keys(plans).join(', ')}.` })
    },
  }
}
