import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { appOf } from './clients.ts'
import { clearCookie, nameFor } from './refresh-cookie.ts'

/**
 * Signing out ends what the session gave: oidc-provider revokes each app's grant, but for those it was told to let live. We let
 * live what a third-party app was granted for when the person is away (`offline_access`), and take the refresh cookies away.
 */
export function endWhatTheSessionGave(provider: Provider): void {
  provider.on('authorization.success', (ctx: KoaContextWithOIDC) => {
    const { client, session, grant } = ctx.oidc
    if (client === undefined || session === undefined) return
    const offline = !appOf(client).firstParty && (grant?.getOIDCScope().split(' ').includes('offline_access') ?? false)
    if (!offline) delete session.authorizationFor(client.clientId).persistsLogout
  })
  provider.on('end_session.success', (ctx: KoaContextWithOIDC) => {
    if (ctx.oidc.params?.['logout'] === undefined) return
    for (const [clientId, authorization] of Object.entries(ctx.oidc.session?.authorizations ?? {})) {
      const workspaceId = Reflect.get(authorization, 'workspaceId')
      clearCookie(ctx, nameFor(clientId, typeof workspaceId === 'string' ? workspaceId : undefined))
    }
  })
}
