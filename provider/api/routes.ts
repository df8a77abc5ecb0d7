import type { Pages } from '../http/pages.ts'
import type { Route } from '../http/route.ts'
import type { VerifyAccessToken } from '../oidc/token-verifier.ts'
import type { AppRegistry } from '../apps/registry.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { Standing } from '../sign-in/standing.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { appRoutes } from './apps.ts'
import { auditEventRoutes } from './audit-events.ts'
import { auditExportRoutes } from './audit-export.ts'
import { createApiAuthentication } from './authentication.ts'
import { createCursors } from './cursors.ts'
import { documentRoutes } from './document-routes.ts'
import { factorResetRoutes } from './factor-reset.ts'
import { createFreshness } from './freshness.ts'
import { invitationRoutes } from './invitations.ts'
import { createRouteKinds } from './kinds-of-route.ts'
import { memberSessionRoutes } from './member-sessions.ts'
import { memberRoutes } from './members.ts'
import type { ApiRoute } from './operation.ts'
import type { ApiParts } from './parts.ts'
import { createLevelCheck } from './required-level.ts'
import { roleRoutes } from './roles.ts'
import { systemWorkspaceRoutes } from './system-workspaces.ts'
import { userRoutes } from './users.ts'
import { workspaceRoutes } from './workspaces.ts'

export interface ApiOptions extends Omit<ApiParts, 'workspaceRoute' | 'selfRoute' | 'systemRoute' | 'cursors'> {
  pages: Pages
  registry: AppRegistry
  standing: Standing
  cipher: Pick<FieldCipher, 'blindIndex'>
  verify: VerifyAccessToken
}

/** The management API, and what says how it is used. */
export function apiRoutes({ pages, registry, standing, cipher, verify, ...rest }: ApiOptions): Route[] {
  const { issuer, data, clock } = rest
  const authenticate = createApiAuthentication({
    issuer,
    data,
    clock,
    verify,
    assertLevel: createLevelCheck({ clock, standing }),
  })
  const kinds = createRouteKinds({
    ...rest,
    registry,
    authenticate,
    assertFresh: createFreshness({ data, clock, standing }),
  })
  const parts: ApiParts = { ...rest, ...kinds, cursors: createCursors(cipher) }
  const operations: ApiRoute[] = [
    ...workspaceRoutes(parts),
    ...systemWorkspaceRoutes(parts),
    ...memberRoutes(parts),
    ...invitationRoutes(parts),
    ...roleRoutes(parts),
    ...memberSessionRoutes(parts),
    ...factorResetRoutes(parts),
    ...apiKeyRoutes(parts),
    ...auditEventRoutes(parts),
    ...auditExportRoutes(parts),
    ...userRoutes(parts),
    ...appRoutes(parts),
  ]
  return [...operations, ...documentRoutes({ issuer, pages, operations })]
}
