import { z } from 'zod'
import type { Answer } from '../http/answer.ts'
import type { Context } from '../http/context.ts'
import type { Limit } from '../http/limits.ts'
import { type Route, route } from '../http/route.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { Enrolling } from './enrolling.ts'
import type { Interactions, PendingSignIn } from './interactions.ts'
import type { Enrollable, SignInMethod } from './method.ts'
import { codesOf, recoveryCodeRoutes } from './recovery-code-routes.ts'
import { homeOf, html, type StepPages } from './step-pages.ts'

const mode = { system: 'sign-in' } as const
const viewing: Limit[] = [{ name: 'sign-in-pages', by: 'address', points: 600, windowSeconds: 60 }]
const posting: Limit[] = [{ name: 'sign-in-forms', by: 'address', points: 600, windowSeconds: 60 }]
const params = z.object({ uid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) })
const fields = z.record(z.string(), z.string())

export interface EnrolmentRouteOptions {
  enrolling: Enrolling
  interactions: Interactions
  steps: StepPages
  methods: readonly SignInMethod[]
}

/** The pages on which something is enrolled in the course of a sign-in, one for each method that people enrol in. */
export function enrolmentRoutes({ enrolling, interactions, steps, methods }: EnrolmentRouteOptions): Route[] {
  const urlOf = (uid: string, methodId: string) => `${homeOf(uid)}/enrol/${methodId}`

  function show(
    ctx: Context,
    pending: PendingSignIn,
    browser: Buffer,
    { id, enrolment }: { id: string; enrolment: Enrollable },
    problem?: ErrorCode,
  ): Promise<Answer> {
    const { uid } = pending
    const page = steps.pageFor(steps.localeFor(ctx, pending), uid, pending.app)
    const urls = { confirm: urlOf(uid, id), options: `${urlOf(uid, id)}/options`, back: homeOf(uid) }
    return enrolling.prepare({ pending, browser, facts: steps.factsFor(ctx, pending) }, async context =>
      html(await enrolment.show(context, page, urls, problem), problem === undefined ? 200 : 400),
    )
  }

  const choice = route({
    method: 'GET',
    path: '/sign-in/:uid/enrol',
    access: 'browser',
    mode,
    limits: viewing,
    params,
    async handler({ params: { uid }, browser, ctx }) {
      const pending = await interactions.find(ctx)
      return pending?.uid === uid ? steps.showChoice(ctx, pending, browser) : steps.showOver(ctx, uid, browser)
    },
  })

  const enrolments = methods.flatMap(({ id, enrolment }) => {
    if (enrolment === undefined) return []
    const common = { path: `/sign-in/:uid/enrol/${id}`, access: 'browser', mode, params } as const
    return [
      route({
        ...common,
        method: 'GET',
        limits: viewing,
        async handler({ params: { uid }, browser, ctx }) {
          const pending = await interactions.find(ctx)
          return pending?.uid === uid ? show(ctx, pending, browser, { id, enrolment }) : steps.showOver(ctx, uid, browser)
        },
      }),
      route({
        ...common,
        path: `${common.path}/options`,
        method: 'POST',
        limits: posting,
        async handler({ params: { uid }, browser, ctx }) {
          const pending = await interactions.find(ctx)
          const { options } = enrolment
          if (pending?.uid !== uid || options === undefined) throw new AppError('not-found')
          const who = { pending, browser, facts: steps.factsFor(ctx, pending) }
          return { kind: 'json', body: await enrolling.prepare(who, context => options(context)) }
        },
      }),
      route({
        ...common,
        method: 'POST',
        limits: posting,
        form: fields,
        async handler({ params: { uid }, browser, ctx, form }) {
          const pending = await interactions.find(ctx)
          if (pending?.uid !== uid) return steps.showOver(ctx, uid, browser)
          const facts = steps.factsFor(ctx, pending)
          const outcome = await enrolling.confirm(enrolment, { pending, browser, facts }, form)
          // Expired: it took too long, or the form was sent twice and the first of them was enough. Either way the sign-in knows.
          if (outcome.kind === 'refused' && outcome.problem !== 'attempt-expired')
            return show(ctx, pending, browser, { id, enrolment }, outcome.problem)
          const hasCodes = (await enrolling.findCodes({ pending, browser, facts })) !== undefined
          return { kind: 'redirect', to: hasCodes ? codesOf(uid) : homeOf(uid) }
        },
      }),
    ]
  })

  return [choice, ...enrolments, ...recoveryCodeRoutes({ enrolling, interactions, steps })]
}
