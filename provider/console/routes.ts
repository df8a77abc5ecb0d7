import { type Route, route } from '../http/route.ts'
import { auditLogRoutes } from './audit-log.ts'
import { createConsoleRoute, viewing } from './console-route.ts'
import { factorResetRoutes } from './factor-reset.ts'
import { invitationRoutes } from './invitations.ts'
import { memberRoleRoutes } from './member-roles.ts'
import { memberRoutes } from './members.ts'
import { memberSessionRoutes } from './member-sessions.ts'
import { membershipEndRoutes } from './membership-ends.ts'
import { overviewRoutes } from './overview.ts'
import { requirementRoutes } from './requirement.ts'
import { roleFormRoutes } from './role-forms.ts'
import { roleRoutes } from './roles.ts'
import type { ConsoleParts } from './surroundings.ts'

const pages = [
  overviewRoutes,
  requirementRoutes,
  memberRoutes,
  memberRoleRoutes,
  memberSessionRoutes,
  factorResetRoutes,
  membershipEndRoutes,
  invitationRoutes,
  roleRoutes,
  roleFormRoutes,
  auditLogRoutes,
]

type ConsoleOptions = Omit<ConsoleParts, 'consoleRoute'> & Parameters<typeof createConsoleRoute>[0]

/** Who types /admin has a workspace in mind, and chooses it among theirs. */
const withoutWorkspace = route({
  method: 'GET',
  path: '/admin',
  access: 'public',
  mode: 'no-data',
  limits: viewing,
  handler: () => ({ kind: 'redirect', to: '/account/workspaces' }),
})

/** /admin and everything under it. */
export function consoleRoutes(options: ConsoleOptions): Route[] {
  const parts = { ...options, consoleRoute: createConsoleRoute(options) }
  return [withoutWorkspace, ...pages.flatMap(routesOf => routesOf(parts))]
}
