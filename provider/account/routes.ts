import type { Route } from '../http/route.ts'
import { accountReturnRoute, createAccountRoute } from './account-route.ts'
import { activityRoutes } from './activity.ts'
import { addingAddressRoutes } from './adding-addresses.ts'
import { addingFactorRoutes } from './adding-factors.ts'
import { addressRoutes } from './addresses.ts'
import { appRoutes } from './apps.ts'
import { dataRoutes } from './data.ts'
import { deletingRoutes } from './deleting.ts'
import { elsewhereRoutes } from './elsewhere.ts'
import { factorRoutes } from './factors.ts'
import { firstSetUpRoutes } from './first-set-up.ts'
import { invitationRoutes } from './invitations.ts'
import { linkingRoutes } from './linking.ts'
import { overviewRoutes } from './overview.ts'
import { profileRoutes } from './profile.ts'
import { recoveryCodeRoutes } from './recovery-codes.ts'
import { secureRoutes } from './secure.ts'
import { sessionRoutes } from './sessions.ts'
import type { AccountParts } from './surroundings.ts'
import { waysInRoutes } from './ways-in.ts'
import { workspaceRoutes } from './workspaces.ts'

const pages = [
  overviewRoutes,
  profileRoutes,
  addingAddressRoutes,
  addressRoutes,
  waysInRoutes,
  addingFactorRoutes,
  recoveryCodeRoutes,
  factorRoutes,
  elsewhereRoutes,
  linkingRoutes,
  invitationRoutes,
  firstSetUpRoutes,
  sessionRoutes,
  activityRoutes,
  appRoutes,
  workspaceRoutes,
  dataRoutes,
  deletingRoutes,
  secureRoutes,
]

/** Everything under /account. */
export function accountRoutes(options: Omit<AccountParts, 'accountRoute'> & Parameters<typeof createAccountRoute>[0]): Route[] {
  const parts = { ...options, accountRoute: createAccountRoute(options) }
  return [accountReturnRoute(), ...pages.flatMap(routesOf => routesOf(parts))]
}
