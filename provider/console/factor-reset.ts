import type { z } from 'zod'
import { renderAccessPass, renderOwnWaysIn } from '../../views/console/access-pass.tsx'
import { renderConsoleConfirm } from '../../views/console/confirm.tsx'
import { consoleHref } from '../../views/console/console-page.tsx'
import { type Answer, html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import type { Repositories } from '../ports/repositories.ts'
import { findAuthority } from '../workspaces/authority.ts'
import type { ConsoleInput } from './console-route.ts'
import { memberParams, memberPath } from './member-path.ts'
import type { ConsoleParts } from './surroundings.ts'
import { findMember } from '../workspaces/membership.ts'

const resetting = { kind: 'system', reason: 'factor-reset' } as const

type Input = ConsoleInput<z.infer<typeof memberParams>>

/**
 * Resetting what a member signs in with, after a question. The pass is in the answer to the form and kept nowhere: whoever loads that
 * page again is asked by their browser first, and makes another pass in its place.
 */
export function factorResetRoutes({ consoleRoute, data, clock, resetFactors }: ConsoleParts): Route[] {
  const declared = {
    path: `${memberPath}/reset`,
    params: memberParams,
    section: 'members',
    permission: 'members.manage',
    fresh: true,
  } as const

  /** The address of the member, or undefined for whoever asks about themselves. */
  async function findAddress({ mode, authority, params, user }: Input): Promise<string | undefined> {
    if (params.userId === user.id) return undefined
    const find = (repositories: Repositories) => findMember(repositories, authority.workspaceId, params.userId)
    return (await data.read(mode, find)).address
  }

  const refuseOwn = ({ page, where }: Input): Answer => html(renderOwnWaysIn(page, where), new AppError('forbidden').status)

  return [
    consoleRoute({
      ...declared,
      method: 'GET',
      async handler(input) {
        const { ctx, page, where, params } = input
        const subject = await findAddress(input)
        if (subject === undefined) return refuseOwn(input)
        const backHref = consoleHref(where.slug, `/members/${params.userId}`)
        return html(
          renderConsoleConfirm(page, where, { question: 'reset-member', subject, form: { action: ctx.path }, backHref }),
        )
      },
    }),
    consoleRoute({
      ...declared,
      method: 'POST',
      async handler(input) {
        const { authority, circumstances, facts, page, params, user, where } = input
        const address = await findAddress(input)
        if (address === undefined) return refuseOwn(input)
        const { workspaceId, ofApps } = authority
        const { userId } = params
        const { pass, expiresAt } = await data.scoped(resetting, async repositories => {
          await repositories.workspaces.lock(workspaceId)
          const now = await findAuthority(repositories, { workspaceId, userId: user.id, ofApps })
          return resetFactors(repositories, now, { userId }, { circumstances, facts })
        })
        const backHref = consoleHref(where.slug, `/members/${userId}`)
        return html(renderAccessPass(page, where, { address, pass, expiresAt, now: clock(), backHref }))
      },
    }),
  ]
}
