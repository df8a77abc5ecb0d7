import { consoleHref } from '../../views/console/console-page.tsx'
import { type ConsoleOverviewProps, renderConsoleOverview } from '../../views/console/overview.tsx'
import { type Answer, html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { longestTypedName } from '../workspaces/founding.ts'
import { cancelDeletion, renameWorkspace, scheduleDeletion } from '../workspaces/workspace.ts'
import { readMailedName } from '../users/names.ts'
import { confirmedRoutes } from './confirmation.ts'
import type { ConsoleInput } from './console-route.ts'
import { goOn } from './outcome.ts'
import { nameRoles } from '../workspaces/role-names.ts'
import type { ConsoleParts } from './surroundings.ts'
import { readVersion, wasFaster } from './versions.ts'

/** What a workspace is: its name, what it requires, and its end. */
export function overviewRoutes(parts: ConsoleParts): Route[] {
  const { consoleRoute, data, workspaceGraceSeconds } = parts
  const graceDays = Math.round(workspaceGraceSeconds / 86_400)

  async function show(
    { mode, user, authority, page, where, outcome }: ConsoleInput,
    {
      typed,
      problem,
      stale = false,
    }: { typed?: string; problem?: NonNullable<ConsoleOverviewProps['rename']>['problem']; stale?: boolean } = {},
  ): Promise<Answer> {
    const { workspaceId, permissions } = authority
    const { workspace, own, members, roles } = await data.read(mode, async repositories => ({
      // As it is now, where somebody else was faster.
      workspace: await repositories.workspaces.findById(workspaceId),
      own: await repositories.members.find(workspaceId, user.id),
      members: await repositories.members.count(workspaceId),
      roles: await repositories.roles.list(workspaceId),
    }))
    if (workspace === undefined || own === undefined) throw new AppError('not-found')
    const { name, plan, createdAt, requirement, version, personal } = workspace
    const mayUpdate = permissions.has('workspace.update')
    const text = renderConsoleOverview(
      page,
      { ...where, name },
      {
        plan,
        createdAt,
        members,
        roles: nameRoles(own.roles, roles),
        requirement: {
          level: requirement.level,
          from: requirement.level === 'none' ? undefined : requirement.from,
          changeHref: mayUpdate ? consoleHref(where.slug, '/requirement') : undefined,
        },
        rename: mayUpdate
          ? {
              form: { action: consoleHref(where.slug, ''), fields: { version: String(version) } },
              name: typed ?? name,
              problem,
            }
          : undefined,
        leaveHref: personal ? undefined : consoleHref(where.slug, '/leave'),
        deleteHref: !personal && permissions.has('workspace.delete') ? consoleHref(where.slug, '/delete') : undefined,
        graceDays,
        stale,
        outcome,
      },
    )
    return html(text, stale ? 412 : problem === undefined ? 200 : 400)
  }

  return [
    consoleRoute({ method: 'GET', path: '', section: 'overview', permission: 'workspace.read', handler: input => show(input) }),
    consoleRoute({
      method: 'POST',
      path: '',
      section: 'overview',
      permission: 'workspace.update',
      async handler(input) {
        const { ctx, form, where, circumstances } = input
        const version = readVersion(form)
        const typed = form['name'] ?? ''
        const read = readMailedName(typed, longestTypedName)
        if (read.kind === 'empty') return show(input, { typed, problem: 'field-needed' })
        if (read.kind !== 'name') return show(input, { typed, problem: `name-${read.kind}` })
        const { name } = read
        const isStale = await wasFaster(
          input.change((repositories, authority) => renameWorkspace(repositories, authority, { name, version }, circumstances)),
        )
        return isStale ? show(input, { stale: true }) : goOn(ctx, consoleHref(where.slug, ''), 'saved')
      },
    }),
    ...confirmedRoutes(parts, {
      path: '/delete',
      section: 'overview',
      permission: 'workspace.delete',
      question: 'delete-workspace',
      typed: true,
      outcome: 'saved',
      back: () => '',
      find: async ({ members }, { workspace: { id, name } }) => ({
        subject: name,
        people: await members.count(id),
        days: graceDays,
      }),
      act: (repositories, authority, { circumstances }) =>
        scheduleDeletion(repositories, authority, { graceSeconds: workspaceGraceSeconds }, circumstances),
    }),
    consoleRoute({
      method: 'POST',
      path: '/keep',
      section: 'overview',
      permission: 'workspace.delete',
      evenClosed: true,
      comeBackTo: '',
      async handler({ ctx, where, workspace, change, circumstances }) {
        // Whoever runs the installation has closed it: keeping it opens nothing.
        if (workspace.status !== 'active') throw new AppError('forbidden')
        await change((repositories, authority) => cancelDeletion(repositories, authority, circumstances))
        return goOn(ctx, consoleHref(where.slug, ''), 'workspace-kept')
      },
    }),
  ]
}
