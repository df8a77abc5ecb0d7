import { type Answer, html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { Repositories } from '../ports/repositories.ts'
import { canRecover } from '../recovery-codes/recovery-codes.ts'
import type { Enrollable, EnrolmentContext } from '../sign-in/method.ts'
import type { AccountInput } from './account-route.ts'
import { goOn } from './outcome.ts'
import type { AccountParts } from './surroundings.ts'
import { recoveryCodesShownPath } from './recovery-codes.ts'
import { waysInPath } from './ways-in.ts'

/** One more passkey or authenticator app, by the pages that a sign-in has for it. */
export function addingFactorRoutes({
  accountRoute,
  data,
  methods,
  sessions,
  recoveryCodes,
  shownCodes,
  notices,
}: AccountParts): Route[] {
  function contextOf(
    { user, binding, facts, circumstances }: AccountInput<unknown>,
    repositories: Repositories,
  ): EnrolmentContext {
    return { repositories, user, binding, facts, circumstances }
  }

  async function show(input: AccountInput<unknown>, path: string, enrolment: Enrollable, problem?: ErrorCode): Promise<Answer> {
    const urls = { confirm: path, options: `${path}/options`, back: waysInPath }
    const text = await data.read(input.mode, repositories =>
      enrolment.show(contextOf(input, repositories), input.page, urls, problem),
    )
    return html(text, problem === undefined ? 200 : 400)
  }

  return methods.flatMap(({ id, enrolment }) => {
    if (enrolment === undefined) return []
    const path = `${waysInPath}/add/${id}`
    const { options } = enrolment
    return [
      accountRoute({ method: 'GET', path, changesFactors: true, handler: input => show(input, path, enrolment) }),
      ...(options === undefined
        ? []
        : [
            accountRoute({
              method: 'POST',
              path: `${path}/options`,
              comeBackTo: path,
              changesFactors: true,
              async handler(input) {
                const body = await data.scoped(input.mode, repositories => options(contextOf(input, repositories)))
                return { kind: 'json', body }
              },
            }),
          ]),
      accountRoute({
        method: 'POST',
        path,
        comeBackTo: path,
        changesFactors: true,
        async handler(input) {
          const { ctx, mode, user, form, facts, circumstances, binding } = input
          const outcome = await data.scoped(mode, async repositories => {
            await repositories.accounts.lock(user.id)
            const hasCodes = canRecover(await repositories.accounts.findFactors(user.id))
            const verdict = await enrolment.confirm(contextOf(input, repositories), form)
            if (verdict.kind === 'refused') return verdict
            // Whoever has something to lose needs a way around losing it.
            const codes = hasCodes ? undefined : await recoveryCodes.make(repositories, user, circumstances)
            await notices.notify(repositories, user, verdict.notice, facts)
            return { ...verdict, codes }
          })
          if (outcome.kind === 'refused') return show(input, path, enrolment, outcome.problem)
          if (outcome.proof.subject.kind !== 'user') throw new AppError('unexpected')
          await sessions.addProof(ctx, outcome.proof)
          if (outcome.codes === undefined) return goOn(ctx, waysInPath, 'factor-added')
          await shownCodes.keep(binding, outcome.codes)
          return { kind: 'redirect', to: recoveryCodesShownPath }
        },
      }),
    ]
  })
}
