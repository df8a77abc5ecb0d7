import { type NextStep, type Protection, renderAccountOverview } from '../../views/account/overview.tsx'
import { html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import type { FactorsRecord } from '../ports/records.ts'
import { canRecover, countLosable } from '../recovery-codes/recovery-codes.ts'
import { cancelErasure } from '../users/erasure.ts'
import { goOn } from './outcome.ts'
import type { AccountParts } from './surroundings.ts'

/** Who is signed in, how well that is protected, and what to do next. */
export function overviewRoutes({ accountRoute, data, notices }: AccountParts): Route[] {
  return [
    accountRoute({
      method: 'GET',
      path: '/account',
      async handler({ mode, user, page, outcome }) {
        const factors = await data.read(mode, ({ accounts }) => accounts.findFactors(user.id))
        const { erasureDueAt: dueAt } = user
        return html(
          renderAccountOverview(page, {
            name: user.name,
            address: user.address,
            protection: protectionOf(factors),
            nextSteps: nextStepsFor(factors),
            erasure: dueAt && { dueAt, keep: { action: '/account/keep' } },
            outcome,
          }),
        )
      },
    }),
    accountRoute({
      method: 'POST',
      path: '/account/keep',
      async handler({ ctx, mode, user, facts, circumstances }) {
        await data.scoped(mode, async repositories => {
          const current = await repositories.users.findById(user.id)
          if (current === undefined || !(await cancelErasure(repositories, current, circumstances))) return
          await notices.notify(repositories, user, { kind: 'erasure-taken-back' }, facts)
        })
        return goOn(ctx, '/account', 'account-kept')
      },
    }),
  ]
}

function protectionOf({ passkeys, totpDevices }: FactorsRecord): Protection {
  if (passkeys.length > 0) return 'passkey'
  return totpDevices > 0 ? 'second-step' : 'mailbox'
}

function nextStepsFor(factors: FactorsRecord): NextStep[] {
  if (countLosable(factors) === 0) return ['add-passkey']
  return canRecover(factors) ? [] : ['make-recovery-codes']
}
