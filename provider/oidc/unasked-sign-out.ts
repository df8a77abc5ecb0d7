import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Clock } from '../kernel/clock.ts'
import type { Data } from '../ports/data.ts'
import { revokeGrant } from './grant-adapter.ts'
import { clearRefreshCookies, endOtherWorkspaces, returnToApp, tellSignedOut } from './sign-out.ts'
import { grantsOf } from './workspace-choice.ts'

/** How oidc-provider's session cookie is set, and so how it is taken away. */
type CookieOptions = NonNullable<Parameters<KoaContextWithOIDC['cookies']['set']>[2]>

/**
 * Signs out without a question where the app shows the ID token that it got for the very session that is signed in in this browser,
 * and says where to go on (OpenID Connect RP-Initiated Logout 1.0 §2). Everything else is asked about, since whoever sends the
 * browser here may have found a token somewhere: another person's, another session's, one of a session that is over. Answers whether
 * it was done; the request was checked by oidc-provider before.
 */
export async function signOutUnasked(
  ctx: KoaContextWithOIDC,
  { data, clock, sessionCookie }: { data: Data; clock: Clock; sessionCookie: CookieOptions },
): Promise<boolean> {
  const { session, provider } = ctx.oidc
  if (session?.accountId === undefined || !isByNavigation(ctx) || !isAboutThisSession(ctx)) return false
  const { accountId } = session
  const authorizations = Object.entries(session.authorizations ?? {})
  await Promise.all(authorizations.map(([clientId, { sid }]) => tell(clientId, accountId, sid)))
  for (const [, { grantId, persistsLogout }] of authorizations) {
    if (grantId !== undefined && persistsLogout !== true) await revokeGrant({ data, clock }, grantId, ctx)
  }
  await endOtherWorkspaces(ctx, { data, clock })
  await session.destroy()
  ctx.cookies.set(provider.cookieName('session'), null, sessionCookie)
  clearRefreshCookies(ctx)
  returnToApp(ctx)
  return true

  async function tell(clientId: string, userId: string, sid: string | undefined): Promise<void> {
    const client = await provider.Client.find(clientId)
    if (client !== undefined && sid !== undefined) await tellSignedOut(ctx, data, { client, userId, sid })
  }
}

/**
 * A `sid` is the id of a grant: of what one person has in one app and workspace by one session. So the hint's says by itself that person,
 * app and session are those of this browser.
 */
function isAboutThisSession({ oidc }: KoaContextWithOIDC): boolean {
  const { session, client, params, entities } = oidc
  if (client === undefined || params?.['post_logout_redirect_uri'] === undefined) return false
  const sid = entities.IdTokenHint?.payload['sid']
  if (session === undefined || typeof sid !== 'string') return false
  return [session.sidFor(client.clientId), ...Object.values(grantsOf(session, client.clientId))].includes(sid)
}

/** Whether the person came here, rather than a frame, a picture, a script, or a browser that fetches ahead what may be needed. */
function isByNavigation(ctx: KoaContextWithOIDC): boolean {
  return ctx.method === 'GET' && ['', 'document'].includes(ctx.get('sec-fetch-dest')) && ctx.get('sec-purpose') === ''
}
