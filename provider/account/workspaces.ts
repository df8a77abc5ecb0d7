import type { FoundingProps } from '../../views/parts/founding-form.tsx'
import { renderAccountWorkspaces } from '../../views/account/workspaces.tsx'
import { consoleHref } from '../../views/console/console-page.tsx'
import { type Answer, html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { findPermissions } from '../workspaces/authority.ts'
import { ensurePersonalWorkspace, foundWorkspace, longestTypedName } from '../workspaces/founding.ts'
import { foundingLimits } from '../workspaces/founding-limits.ts'
import { readMailedName } from '../users/names.ts'
import { nameRoles } from '../workspaces/role-names.ts'
import type { AccountInput } from './account-route.ts'
import { goOn } from './outcome.ts'
import type { AccountParts } from './surroundings.ts'

const path = '/account/workspaces'
const asFounder = { kind: 'system', reason: 'founding' } as const

/** Where somebody works, with the way to what they may see and do there; and to a workspace, for whoever may make one by themselves. */
export function workspaceRoutes({ accountRoute, data, newUserWorkspace }: AccountParts): Route[] {
  async function show(
    { mode, user, page, outcome }: Pick<AccountInput<unknown>, 'mode' | 'user' | 'page' | 'outcome'>,
    typed: Pick<FoundingProps, 'name' | 'problem'> = {},
  ): Promise<Answer> {
    const { workspaces, hasOwn } = await data.read(mode, async repositories => {
      const own = await repositories.workspaces.listForUser(user.id)
      const listed = await Promise.all(
        own.map(async ({ id, slug, name, personal, status, deletionDueAt, roles }) => {
          const permissions = await findPermissions(repositories, { workspaceId: id, ofApps: [] }, roles)
          const state = status === 'suspended' ? status : deletionDueAt === undefined ? 'open' : 'deletion'
          return {
            name,
            roles: nameRoles(roles, await repositories.roles.list(id)),
            state,
            href: permissions.includes('workspace.read') ? consoleHref(slug, '') : undefined,
            leaveHref: personal || state !== 'open' ? undefined : consoleHref(slug, '/leave'),
          } as const
        }),
      )
      return { workspaces: listed, hasOwn: own.some(({ personal }) => personal) }
    })
    const text = renderAccountWorkspaces(page, {
      workspaces,
      makeOwn: newUserWorkspace === 'personal' && !hasOwn ? { action: `${path}/own` } : undefined,
      found: newUserWorkspace === 'founded' ? { action: `${path}/found`, ...typed } : undefined,
      outcome,
    })
    return html(text, typed.problem === undefined ? 200 : 400)
  }

  return [
    accountRoute({ method: 'GET', path, handler: input => show(input) }),
    accountRoute({
      method: 'POST',
      path: `${path}/own`,
      comeBackTo: path,
      limits: foundingLimits,
      async handler({ ctx, user, circumstances }) {
        if (newUserWorkspace !== 'personal') throw new AppError('not-found')
        const founder = { userId: user.id }
        await data.scoped(asFounder, repositories => ensurePersonalWorkspace(repositories, founder, circumstances))
        return goOn(ctx, path, 'workspace-founded')
      },
    }),
    accountRoute({
      method: 'POST',
      path: `${path}/found`,
      comeBackTo: path,
      limits: foundingLimits,
      async handler(input) {
        if (newUserWorkspace !== 'founded') throw new AppError('not-found')
        const { ctx, form, user, circumstances } = input
        const read = readMailedName(form['name'], longestTypedName)
        if (read.kind !== 'name') return show(input, { name: form['name'] ?? '', problem: read.kind })
        const wanted = { name: read.name, userId: user.id }
        await data.scoped(asFounder, repositories => foundWorkspace(repositories, wanted, circumstances))
        return goOn(ctx, path, 'workspace-founded')
      },
    }),
  ]
}
