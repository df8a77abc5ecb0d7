import type { Route } from '../http/route.ts'
import { auditLogRoutes } from './audit-log.ts'
import { createConsoleRoute } from './console-route.ts'
import { invitationRoutes } from './invitations.ts'
import { memberRoleRoutes } from './member-roles.ts'
import { memberRoutes } from './members.ts'
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
  membershipEndRoutes,
  invitationRoutes,
  roleRoutes,
  roleFormRoutes,
  auditLogRoutes,
]

/** Everything under /admin. */
export function consoleRoutes(options: Omit<ConsoleParts, 'consoleRoute'> & Parameters<typeof createConsoleRoute>[0]): Route[] {
  const parts = { ...options, consoleRoute: createConsoleRoute(options) }
  return pages.flatMap(routesOf => routesOf(parts))
}
