import type { ZodType } from 'zod'
import type { ConsoleOutcome, ConsoleSection } from '../../views/console/console-page.tsx'
import { consoleHref } from '../../views/console/console-page.tsx'
import { type ConsoleQuestion, renderConsoleConfirm } from '../../views/console/confirm.tsx'
import { type Answer, html } from '../http/answer.ts'
import type { Context } from '../http/context.ts'
import type { Route } from '../http/route.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { Authority } from '../workspaces/authority.ts'
import type { Permission } from '../kernel/permissions.ts'
import type { ConsoleInput } from './console-route.ts'
import { goOn } from './outcome.ts'
import type { ConsoleParts } from './surroundings.ts'

/** What is asked about. */
interface Subject {
  /** A name or an address, as the question says it. */
  subject: string
  /** How many people it concerns, where the question says that. */
  people?: number
  days?: number
}

interface Confirmation<Params> {
  path: string
  permission: Permission | undefined
  section: ConsoleSection
  question: ConsoleQuestion
  params?: ZodType<Params>
  /** Whether the subject has to be typed: for what many people would feel. */
  typed?: boolean
  outcome: ConsoleOutcome
  /** Rejects with AppError `not-found` where there is nothing like that. */
  find(repositories: Repositories, input: ConsoleInput<Params>): Promise<Subject>
  act(repositories: Repositories, authority: Authority, input: ConsoleInput<Params>): Promise<unknown>
  /** Of the workspace: back from the question. */
  back(params: Params): string
  /** How it goes on, where that is elsewhere than back. */
  onward?(ctx: Context): Answer
}

/** Something that is asked once more before it is done, for who has just signed in: the page that asks, and the form that does it. */
export function confirmedRoutes<Params = unknown>(
  { consoleRoute, data }: ConsoleParts,
  confirmation: Confirmation<Params>,
): Route[] {
  const { path, permission, section, question } = confirmation
  const declared = {
    path,
    permission,
    section,
    fresh: true,
    ...(confirmation.params === undefined ? {} : { params: confirmation.params }),
  }

  function ask(
    input: ConsoleInput<Params>,
    found: Subject,
    problem?: { value: string; kind: 'field-needed' | 'does-not-match' },
  ) {
    const { page, where, params, ctx } = input
    return html(
      renderConsoleConfirm(page, where, {
        question,
        ...found,
        form: { action: ctx.path },
        backHref: consoleHref(where.slug, confirmation.back(params)),
        ...(confirmation.typed ? { typed: { value: problem?.value, problem: problem?.kind } } : {}),
      }),
      problem === undefined ? 200 : 400,
    )
  }

  return [
    consoleRoute({
      ...declared,
      method: 'GET',
      handler: async input => ask(input, await data.read(input.mode, repositories => confirmation.find(repositories, input))),
    }),
    consoleRoute({
      ...declared,
      method: 'POST',
      async handler(input) {
        const { ctx, form, where, params } = input
        const found = await data.read(input.mode, repositories => confirmation.find(repositories, input))
        const value = (form['name'] ?? '').trim()
        if (confirmation.typed && value !== found.subject)
          return ask(input, found, { value, kind: value === '' ? 'field-needed' : 'does-not-match' })
        await input.change((repositories, authority) => confirmation.act(repositories, authority, input))
        return confirmation.onward?.(ctx) ?? goOn(ctx, consoleHref(where.slug, confirmation.back(params)), confirmation.outcome)
      },
    }),
  ]
}
