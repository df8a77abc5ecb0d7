import { speak } from '../../views/messages.ts'
import { renderRecoveryStep } from '../../views/sign-in/recovery-step.tsx'
import { renderRecoveryUsed } from '../../views/sign-in/recovery-used.tsx'
import { recordEvent } from '../audit/record.ts'
import type { Clock } from '../kernel/clock.ts'
import { canRecover, type RecoveryCodes, recoveryMethod } from '../recovery-codes/recovery-codes.ts'
import { findWait } from '../users/factor-tries.ts'
import type { Notices } from '../users/notices.ts'
import type { SignInMethod } from './method.ts'

/*
 * Recovery codes: for whoever has lost what they enrolled. Beside an e-mail they are enough for what any second factor is enough for,
 * and never for what asks for a passkey.
 */

export interface RecoveryCodeOptions {
  recoveryCodes: RecoveryCodes
  notices: Notices
  clock: Clock
}

export function createRecoveryCode({ recoveryCodes, notices, clock }: RecoveryCodeOptions): SignInMethod {
  return {
    id: recoveryMethod,
    yields: ['recovery'],

    listEnrolments: factors => (canRecover(factors) ? [{ method: recoveryMethod, factors: ['recovery'] }] : []),

    label: page => speak(page.locale).say('other-way.recovery-code'),

    async show(repositories, { userId = '' }, page, urls, notice) {
      const [state, waitSeconds] = await Promise.all([
        repositories.recoveryCodes.findState(userId),
        findWait(repositories, userId, recoveryMethod, clock),
      ])
      return renderRecoveryStep(page, {
        form: { action: urls.verify, fields: { method: recoveryMethod } },
        left: state?.unused ?? 0,
        problem: notice.problem,
        waitSeconds,
        typed: notice.form?.['code'],
        otherWays: notice.otherWays ?? [],
        changeAddress: { action: urls.change },
      })
    },

    async verify({ repositories, circumstances, facts }, attempt, form) {
      const { id, userId } = attempt
      if (userId === undefined) return { kind: 'refused', problem: 'attempt-expired' }
      const verdict = await recoveryCodes.verify(repositories, userId, form['code'] ?? '')
      if (verdict.kind === 'refused') {
        const { problem } = verdict
        await recordEvent(
          repositories,
          { action: 'recovery-code.refused', userId, attempt_id: id, reason: problem },
          circumstances,
        )
        return verdict
      }
      await recordEvent(repositories, { action: 'recovery-code.used', userId, attempt_id: id }, circumstances)
      const [user, state] = await Promise.all([repositories.users.findById(userId), repositories.recoveryCodes.findState(userId)])
      if (user !== undefined)
        await notices.notify(repositories, user, { kind: 'recovery-code-used', left: state?.unused ?? 0 }, facts)
      const at = Math.floor(clock().getTime() / 1000)
      return { kind: 'proved', proof: { method: recoveryMethod, subject: { kind: 'user', userId }, factors: ['recovery'], at } }
    },

    async showProved(repositories, { userId = '' }, page, continueTo) {
      const state = await repositories.recoveryCodes.findState(userId)
      return renderRecoveryUsed(page, { left: state?.unused ?? 0, continueTo })
    },
  }
}
