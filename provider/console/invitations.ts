import { z } from 'zod'
import { consoleHref } from '../../views/console/console-page.tsx'
import { type InviteProps, renderConsoleInvitations, renderConsoleInvite } from '../../views/console/invitations.tsx'
import { recordEvent } from '../audit/record.ts'
import { type Answer, html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { normaliseAddress } from '../sign-in/address.ts'
import { spendInvitation } from '../workspaces/invitation-limits.ts'
import { confirmedRoutes } from './confirmation.ts'
import type { ConsoleInput } from './console-route.ts'
import { readPage } from './cursor.ts'
import { goOn } from './outcome.ts'
import { nameRoles } from '../workspaces/role-names.ts'
import { listRoleOptions, readTicked } from './role-options.ts'
import type { ConsoleParts } from './surroundings.ts'

const path = '/invitations'
const newPath = `${path}/new`
const params = z.object({ id: z.uuid() })

/** Who is invited: to see, to add to, to send once more and to take back. */
export function invitationRoutes(parts: ConsoleParts): Route[] {
  const { consoleRoute, data, clock, invitations, rateLimiter } = parts
  const declared = { section: 'invitations', permission: 'members.manage' } as const

  async function ask(
    { mode, authority, page, where }: ConsoleInput,
    { typed, roles, problem }: { typed?: string; roles: readonly string[]; problem?: InviteProps['problem'] },
  ): Promise<Answer> {
    const own = await data.read(mode, repositories => repositories.roles.list(authority.workspaceId))
    const text = renderConsoleInvite(page, where, {
      form: { action: consoleHref(where.slug, newPath) },
      typed,
      roles: listRoleOptions(own, roles),
      problem,
      lifetimeDays: Math.round(invitations.lifetimeSeconds / 86_400),
      backHref: consoleHref(where.slug, path),
    })
    return html(text, problem === undefined ? 200 : 400)
  }

  /** The mail is in the language of whoever invites: of who is invited nothing is known. */
  async function send(
    {
      change,
      user,
      page,
      authority,
      circumstances,
    }: Pick<ConsoleInput, 'change' | 'user' | 'page' | 'authority' | 'circumstances'>,
    { address, roles }: { address: string; roles: readonly string[] },
  ): Promise<void> {
    await spendInvitation(rateLimiter, { workspaceId: authority.workspaceId, address })
    await change((repositories, current) =>
      invitations.invite(
        repositories,
        current,
        // By the address: a name is whatever its person chose, and this goes to strangers.
        { address, roles, locale: page.locale, inviter: user.address },
        circumstances,
      ),
    )
  }

  return [
    consoleRoute({
      ...declared,
      method: 'GET',
      path,
      async handler({ ctx, mode, authority, circumstances, page, where, outcome }) {
        const { workspaceId } = authority
        const here = consoleHref(where.slug, path)
        const now = clock()
        const { rows, next, isFirst, own } = await data.scoped(mode, async repositories => {
          const found = await readPage(
            ctx.query['after'],
            request => repositories.invitations.listOpen(workspaceId, now, request),
            ({ createdAt, id }) => ({ moment: createdAt, id }),
          )
          const viewed = { action: 'members.viewed', workspaceId, list: 'invitations', shown: String(found.rows.length) } as const
          if (found.rows.length > 0) await recordEvent(repositories, viewed, circumstances)
          return { ...found, own: await repositories.roles.list(workspaceId) }
        })
        return html(
          renderConsoleInvitations(page, where, {
            now,
            open: rows.map(({ id, address, roles, createdAt, expiresAt }) => ({
              address,
              roles: nameRoles(roles, own),
              sentAt: createdAt,
              expiresAt,
              resend: { action: `${here}/${id}/resend` },
              revokeHref: `${here}/${id}/revoke`,
            })),
            paging: { nextHref: next && `${here}?after=${next}`, firstHref: isFirst ? undefined : here },
            inviteHref: consoleHref(where.slug, newPath),
            outcome,
          }),
        )
      },
    }),
    consoleRoute({ ...declared, method: 'GET', path: newPath, handler: input => ask(input, { roles: ['viewer'] }) }),
    consoleRoute({
      ...declared,
      method: 'POST',
      path: newPath,
      async handler(input) {
        const { ctx, form, where } = input
        const typed = (form['address'] ?? '').trim()
        const roles = readTicked(form, 'role')
        if (typed === '') return ask(input, { roles, problem: 'field-needed' })
        const address = normaliseAddress(typed)
        if (address === undefined) return ask(input, { typed, roles, problem: 'address-unusable' })
        if (roles.length === 0) return ask(input, { typed, roles, problem: 'no-role' })
        try {
          await send(input, { address, roles })
        } catch (error) {
          if (!(error instanceof AppError && error.code === 'already-member')) throw error
          return ask(input, { typed, roles, problem: 'already-member' })
        }
        return goOn(ctx, consoleHref(where.slug, path), 'invited')
      },
    }),
    consoleRoute({
      ...declared,
      method: 'POST',
      path: `${path}/:id/resend`,
      params,
      comeBackTo: path,
      async handler(input) {
        const {
          ctx,
          mode,
          authority,
          params: { id },
          where,
        } = input
        const open = await data.read(mode, repositories => repositories.invitations.find(authority.workspaceId, id))
        if (open === undefined) throw new AppError('not-found')
        if (open.acceptedAt !== undefined || open.revokedAt !== undefined) throw new AppError('invitation-over')
        await send(input, open)
        return goOn(ctx, consoleHref(where.slug, path), 'invited')
      },
    }),
    ...confirmedRoutes(parts, {
      ...declared,
      path: `${path}/:id/revoke`,
      params,
      question: 'revoke-invitation',
      outcome: 'invitation-revoked',
      back: () => path,
      async find(repositories, { authority, params: { id } }) {
        const invitation = await repositories.invitations.find(authority.workspaceId, id)
        if (invitation === undefined) throw new AppError('not-found')
        return { subject: invitation.address }
      },
      act: (repositories, authority, { params: { id }, circumstances }) =>
        invitations.revoke(repositories, authority, id, circumstances),
    }),
  ]
}
