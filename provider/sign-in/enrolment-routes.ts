import { type Answer, html } from '../http/answer.ts'
import type { Pages } from '../http/pages.ts'
import type { Route } from '../http/route.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { Enrolling } from './enrolling.ts'
import type { Enrollable, SignInMethod } from './method.ts'
import { codesOf, homeOf } from './paths.ts'
import { recoveryCodeRoutes } from './recovery-code-routes.ts'
import { factsFor, pageFor, type SignInRequest } from './sign-in-request.ts'
import type { SignInRouteMaker } from './sign-in-route.ts'
import type { StepPages } from './step-pages.ts'

export interface EnrolmentRouteOptions {
  signInRoute: SignInRouteMaker
  enrolling: Enrolling
  pages: Pages
  steps: StepPages
  methods: readonly SignInMethod[]
}

/** The pages on which something is enrolled in the course of a sign-in, one for each method that people enrol in. */
export function enrolmentRoutes({ signInRoute, enrolling, pages, steps, methods }: EnrolmentRouteOptions): Route[] {
  function show(
    request: SignInRequest,
    { id, enrolment }: { id: string; enrolment: Enrollable },
    problem?: ErrorCode,
  ): Promise<Answer> {
    const home = homeOf(request.pending.uid)
    const urls = { confirm: `${home}/enrol/${id}`, options: `${home}/enrol/${id}/options`, back: home }
    return enrolling.prepare({ ...request, facts: factsFor(request) }, async context =>
      html(await enrolment.show(context, pageFor(pages, request), urls, problem), problem === undefined ? 200 : 400),
    )
  }

  const enrolments = methods.flatMap(({ id, enrolment }) => {
    if (enrolment === undefined) return []
    const { options } = enrolment
    return [
      signInRoute('GET', `/enrol/${id}`, request => show(request, { id, enrolment })),
      ...(options === undefined
        ? []
        : [
            signInRoute('POST', `/enrol/${id}/options`, async request => ({
              kind: 'json',
              body: await enrolling.prepare({ ...request, facts: factsFor(request) }, context => options(context)),
            })),
          ]),
      signInRoute('POST', `/enrol/${id}`, async ({ form, ...request }) => {
        const who = { ...request, facts: factsFor(request) }
        const outcome = await enrolling.confirm(enrolment, who, form)
        // Expired: it took too long, or the form was sent twice and the first of them was enough. Either way the sign-in knows.
        if (outcome.kind === 'refused' && outcome.problem !== 'attempt-expired')
          return show(request, { id, enrolment }, outcome.problem)
        const hasCodes = (await enrolling.findCodes(who)) !== undefined
        const { uid } = request.pending
        return { kind: 'redirect', to: hasCodes ? codesOf(uid) : homeOf(uid) }
      }),
    ]
  })

  return [
    signInRoute('GET', '/enrol', request => steps.showChoice(request)),
    ...enrolments,
    ...recoveryCodeRoutes({ signInRoute, enrolling, pages }),
  ]
}
