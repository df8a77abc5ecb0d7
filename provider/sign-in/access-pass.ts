import { speak } from '../../views/messages.ts'
import { renderAccessPassOver, renderAccessPassStep, renderAccessPassUsed } from '../../views/sign-in/access-pass.tsx'
import { accessPassMethod, type AccessPasses, isAccessPassOver, needsAccessPass } from '../access-passes/access-passes.ts'
import { recordEvent } from '../audit/record.ts'
import type { Clock } from '../kernel/clock.ts'
import { findWait } from '../users/factor-tries.ts'
import type { SignInMethod } from './method.ts'

/*
 * Passes that an admin gives to whom they have reset the factors of. Beside an e-mail one is enough for what any second factor is enough
 * for, and never for what asks for a passkey. Whoever enrols nothing with it needs another one the next time.
 */

export interface AccessPassMethodOptions {
  accessPasses: AccessPasses
  clock: Clock
}

export function createAccessPass({ accessPasses, clock }: AccessPassMethodOptions): SignInMethod {
  return {
    id: accessPassMethod,
    yields: ['access-pass'],

    listEnrolments: factors => (needsAccessPass(factors) ? [{ method: accessPassMethod, factors: ['access-pass'] }] : []),

    label: page => speak(page.locale).say('other-way.access-pass'),

    async show(repositories, { userId = '' }, page, urls, notice) {
      const [kept, waitSeconds] = await Promise.all([
        repositories.accessPasses.find(userId),
        findWait(repositories, userId, accessPassMethod, clock),
      ])
      const ways = { otherWays: notice.otherWays ?? [], changeAddress: { action: urls.change } }
      if (kept === undefined || isAccessPassOver(kept, clock())) return renderAccessPassOver(page, ways)
      return renderAccessPassStep(page, {
        ...ways,
        form: { action: urls.verify, fields: { method: accessPassMethod } },
        problem: notice.problem,
        waitSeconds,
        typed: notice.form?.['code'],
      })
    },

    async verify({ repositories, circumstances }, attempt, form) {
      const { id, userId } = attempt
      if (userId === undefined) return { kind: 'refused', problem: 'attempt-expired' }
      const verdict = await accessPasses.verify(repositories, userId, form['code'] ?? '')
      if (verdict.kind === 'refused') {
        const workspaceId = (await repositories.accessPasses.find(userId))?.workspaceId
        const reason = verdict.problem
        if (workspaceId !== undefined)
          await recordEvent(
            repositories,
            { action: 'access-pass.refused', userId, workspaceId, attempt_id: id, reason },
            circumstances,
          )
        return verdict
      }
      const { workspaceId } = verdict
      await recordEvent(repositories, { action: 'access-pass.used', userId, workspaceId, attempt_id: id }, circumstances)
      const at = Math.floor(clock().getTime() / 1000)
      const subject = { kind: 'user', userId } as const
      return { kind: 'proved', proof: { method: accessPassMethod, subject, factors: ['access-pass'], at } }
    },

    showProved: async (_repositories, _attempt, page, continueTo, enrolHref) =>
      renderAccessPassUsed(page, { enrolHref, continueTo }),
  }
}
