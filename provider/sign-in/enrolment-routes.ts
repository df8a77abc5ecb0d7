import { z } from 'zod'
import { renderRecoveryCodes } from '../../views/sign-in/recovery-codes.tsx'
import type { Answer } from '../http/answer.ts'
import type { Context } from '../http/context.ts'
import type { Limit } from '../http/limits.ts'
import { type Route, route } from '../http/route.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { Enrolling } from './enrolling.ts'
import type { Interactions, PendingSignIn } from './interactions.ts'
import type { Enrollable, SignInMethod } from './method.ts'
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

  return methods.flatMap(({ id, enrolment }) => {
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
          if (outcome.kind === 'refused') return show(ctx, pending, browser, { id, enrolment }, outcome.problem)
          if (outcome.codes === undefined) return { kind: 'redirect', to: homeOf(uid) }
          const page = steps.pageFor(steps.localeFor(ctx, pending), uid, pending.app)
          return html(renderRecoveryCodes(page, { codes: outcome.codes, continueTo: { action: `${homeOf(uid)}/continue` } }))
        },
      }),
    ]
  })
}
