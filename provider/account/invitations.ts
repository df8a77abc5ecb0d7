import { z } from 'zod'
import { consoleHref } from '../../views/console/console-page.tsx'
import { type InvitationStep, renderInvitation } from '../../views/account/invitation.tsx'
import { type Answer, html } from '../http/answer.ts'
import type { Context } from '../http/context.ts'
import type { Limit } from '../http/limits.ts'
import { negotiateLocale } from '../http/locale.ts'
import { type Route, route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { acceptInvitation, findInvitation, isInvitationOpen } from '../workspaces/accepting-invitations.ts'
import { findPermissions } from '../workspaces/authority.ts'
import { describeInvitation } from '../workspaces/describe-invitation.ts'
import { invitationPath } from '../workspaces/invitations.ts'
import type { AccountParts } from './surroundings.ts'

const mode = { kind: 'system', reason: 'invitation' } as const
const limits: Limit[] = [{ name: 'invitations', by: 'address', points: 60, windowSeconds: 60 }]
const params = z.object({ token: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/) })

/**
 * Where an invitation's mail leads. Opening it changes nothing, because mail scanners open links and press what they find: the button that
 * accepts is there for whoever is signed in, and works for whoever has verified the address that was invited.
 */
export function invitationRoutes({ accountRoute, signInAs, data, clock, pages, sessions }: AccountParts): Route[] {
  const path = `${invitationPath}/:token`
  const homeOf = (token: string) => `${invitationPath}/${token}`

  /** Throws AppError `invitation-over` where nothing can come of it, for the one who has the link. */
  async function find(token: string, userId: string | undefined) {
    return data.read(mode, async repositories => {
      const invitation = await findInvitation(repositories, token)
      const described = invitation && (await describeInvitation(repositories, invitation))
      const isTheirs = userId !== undefined && invitation?.acceptedBy === userId
      if (invitation === undefined || described === undefined || !(isTheirs || isInvitationOpen(invitation, clock())))
        throw new AppError('invitation-over')
      const [user, addresses] =
        userId === undefined
          ? [undefined, []]
          : await Promise.all([repositories.users.findById(userId), repositories.accounts.listAddresses(userId)])
      const isInvited = addresses.some(({ address }) => address === invitation.address)
      // As they are now: roles may have changed, or the membership may be over, since it was accepted.
      const member = isTheirs ? await repositories.members.find(invitation.workspaceId, userId) : undefined
      const about = { workspaceId: invitation.workspaceId, ofApps: [] }
      const permissions = member === undefined ? [] : await findPermissions(repositories, about, member.roles)
      return { invitation, described, user, isAccepted: isTheirs, isInvited, permissions }
    })
  }

  async function show(ctx: Context, token: string): Promise<Answer> {
    const signedIn = await sessions.find(ctx)
    const found = await find(token, signedIn?.userId)
    const page = pages.context({ locale: negotiateLocale(ctx, found.user?.locale), path: homeOf(token) })
    const { invitation, described, user, isAccepted, isInvited, permissions } = found
    const { address: invited, expiresAt } = invitation
    const signInForm = { action: `${homeOf(token)}/sign-in` }
    const address = user?.address
    const step: InvitationStep = isAccepted
      ? { kind: 'accepted', workspaceHref: permissions.some(isForAdmins) ? consoleHref(described.slug, '') : undefined }
      : address === undefined
        ? { kind: 'sign-in', form: signInForm }
        : isInvited
          ? { kind: 'accept', form: { action: `${homeOf(token)}/accept` }, address }
          : { kind: 'of-another', form: signInForm, address }
    return html(renderInvitation(page, { invitation: { ...described, address: invited, expiresAt }, step }))
  }

  return [
    route({
      method: 'GET',
      path,
      access: 'browser',
      mode: { system: 'invitation' },
      limits,
      params,
      handler: ({ ctx, params: { token } }) => show(ctx, token),
    }),
    // The address is put into the sign-in by us, and stands in no page: whoever has the link may not be who was invited.
    route({
      method: 'POST',
      path: `${path}/sign-in`,
      access: 'browser',
      mode: { system: 'invitation' },
      limits,
      params,
      async handler({ ctx, params: { token } }) {
        const signedIn = await sessions.find(ctx)
        const { invitation } = await find(token, undefined)
        const anew: Record<string, string> = signedIn === undefined ? {} : { prompt: 'login' }
        return signInAs(homeOf(token), invitation.address, anew)
      },
    }),
    accountRoute({
      method: 'POST',
      path: `${path}/accept`,
      params,
      comeBackTo: ({ token }) => homeOf(token),
      async handler({ params: { token }, user, circumstances }) {
        await data.scoped(mode, async repositories => {
          const invitation = await findInvitation(repositories, token)
          if (invitation === undefined) throw new AppError('invitation-over')
          // The form was sent twice, and the first of them was enough.
          if (invitation.acceptedBy === user.id) return
          await acceptInvitation(repositories, invitation, user.id, circumstances)
        })
        return { kind: 'redirect', to: homeOf(token) }
      },
    }),
  ]
}

/** Whoever may only see that the workspace is there has nothing to do on its pages. */
function isForAdmins(permission: string): boolean {
  return permission !== 'workspace.read'
}
