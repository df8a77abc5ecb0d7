import { z } from 'zod'
import { renderExpired } from '../../views/sign-in/expired.tsx'
import { ofRequest } from '../audit/record.ts'
import { type Answer, html } from '../http/answer.ts'
import type { Context } from '../http/context.ts'
import { type Route, route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import type { Limit } from '../http/limits.ts'
import { acceptInvitation } from '../workspaces/accepting-invitations.ts'
import { findNamed } from '../workspaces/open-memberships.ts'
import { ensurePersonalWorkspace, foundWorkspace, longestTypedName } from '../workspaces/founding.ts'
import { foundingLimits } from '../workspaces/founding-limits.ts'
import { readMailedName } from '../users/names.ts'
import { finishInteraction, workspacePath } from './interactions.ts'
import { createWorkspacePage, type WaitingRequest, type WorkspacePageOptions } from './workspace-page.ts'

const limits: Limit[] = [{ name: 'choosing-workspaces', by: 'address', points: 120, windowSeconds: 60 }]
const params = z.object({ uid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) })

/** Where somebody is going to work: chosen, joined or founded on a page between the sign-in and the app. */
export function chooseWorkspaceRoutes(options: WorkspacePageOptions): Route[] {
  const { provider, data, pages, clock, newUserWorkspace } = options
  const page = createWorkspacePage(options)
  const path = `${workspacePath}/:uid`
  const common = { access: 'browser', limits, params } as const

  const showOver = ({ state }: Context): Answer =>
    html(renderExpired(pages.context({ locale: state.facts.locale }), { reason: 'unknown' }), 410)

  /** Hands over to the protocol what was chosen. */
  async function goOn(ctx: Context, workspaceId: string): Promise<Answer> {
    const to = await finishInteraction(provider, ctx, { workspace: { id: workspaceId } })
    return to === undefined ? showOver(ctx) : { kind: 'redirect', to }
  }

  /** Does something for the request that waits; the form that comes twice goes on as the first one did. */
  async function withWaiting(ctx: Context, uid: string, work: (waiting: WaitingRequest) => Promise<Answer>): Promise<Answer> {
    const waiting = await page.find(ctx, uid)
    if (waiting === undefined) return showOver(ctx)
    const { interaction } = waiting
    return interaction.result === undefined ? work(waiting) : { kind: 'redirect', to: interaction.returnTo }
  }

  return [
    route({
      ...common,
      method: 'GET',
      path,
      mode: { system: 'invitation' },
      handler: ({ ctx, params: { uid } }) => withWaiting(ctx, uid, waiting => page.show(ctx, waiting)),
    }),
    route({
      ...common,
      method: 'POST',
      path,
      mode: 'self',
      form: z.object({ workspace: z.string().max(100) }),
      handler: ({ ctx, params: { uid }, form }) =>
        withWaiting(ctx, uid, async ({ userId, refused }) => {
          const memberships = await data.read({ kind: 'self', userId }, ({ workspaces }) =>
            workspaces.listMembershipFacts(userId),
          )
          const chosen = refused === undefined ? findNamed(memberships, form.workspace) : undefined
          if (chosen === undefined) throw new AppError('not-found')
          return goOn(ctx, chosen.workspaceId)
        }),
    }),
    route({
      ...common,
      method: 'POST',
      path: `${path}/join`,
      mode: { system: 'invitation' },
      form: z.object({ invitation: z.string().max(100) }),
      handler: ({ ctx, params: { uid }, form, facts }) =>
        withWaiting(ctx, uid, async waiting => {
          const { userId } = waiting
          const workspaceId = await data.scoped({ kind: 'system', reason: 'invitation' }, async repositories => {
            const open = await page.listInvitations(repositories, waiting)
            const found = open.find(({ id }) => id === form.invitation)
            if (found === undefined) throw new AppError('invitation-over')
            await acceptInvitation(repositories, found.invitation, userId, ofRequest(facts, { kind: 'user', userId }, clock))
            return found.workspaceId
          })
          return goOn(ctx, workspaceId)
        }),
    }),
    route({
      ...common,
      method: 'POST',
      path: `${path}/found`,
      limits: foundingLimits,
      mode: { system: 'founding' },
      form: z.object({ name: z.string().max(1000).optional() }),
      handler: ({ ctx, params: { uid }, form, facts }) =>
        withWaiting(ctx, uid, async waiting => {
          const { userId, refused } = waiting
          if (newUserWorkspace !== 'founded' || refused !== undefined) throw new AppError('not-found')
          const read = readMailedName(form.name, longestTypedName)
          if (read.kind !== 'name') return page.show(ctx, waiting, { name: form.name ?? '', problem: read.kind })
          const id = await data.scoped({ kind: 'system', reason: 'founding' }, async repositories => {
            // Of the same form sent twice at once, the second goes where the first led.
            await repositories.accounts.lock(userId)
            const [open] = (await repositories.workspaces.listMembershipFacts(userId)).filter(membership => membership.open)
            const circumstances = ofRequest(facts, { kind: 'user', userId }, clock)
            return open?.workspaceId ?? (await foundWorkspace(repositories, { name: read.name, userId }, circumstances)).id
          })
          return goOn(ctx, id)
        }),
    }),
    route({
      ...common,
      method: 'POST',
      path: `${path}/own`,
      limits: foundingLimits,
      mode: { system: 'founding' },
      handler: ({ ctx, params: { uid }, facts }) =>
        withWaiting(ctx, uid, async ({ userId, refused }) => {
          if (newUserWorkspace !== 'personal' || refused !== undefined) throw new AppError('not-found')
          const circumstances = ofRequest(facts, { kind: 'user', userId }, clock)
          const id = await data.scoped({ kind: 'system', reason: 'founding' }, repositories =>
            ensurePersonalWorkspace(repositories, { userId }, circumstances),
          )
          return goOn(ctx, id)
        }),
    }),
    route({
      ...common,
      method: 'POST',
      path: `${path}/cancel`,
      mode: 'no-data',
      handler: ({ ctx, params: { uid } }) =>
        withWaiting(ctx, uid, async () => {
          const refusal = { error: 'access_denied', error_description: 'the person chose no workspace' }
          const to = await finishInteraction(provider, ctx, refusal)
          return to === undefined ? showOver(ctx) : { kind: 'redirect', to }
        }),
    }),
  ]
}
