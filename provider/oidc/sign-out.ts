import type { Client, KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Middleware } from '../http/context.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Data } from '../ports/data.ts'
import type { GrantFacts } from '../ports/session-records.ts'
import { enqueueLogout } from './back-channel-logout.ts'
import { appOf } from './clients.ts'
import { findGrantFacts, revokeGrant } from './grant-adapter.ts'
import { readHint } from './id-token-hints.ts'
import type { createProtocolPages } from './protocol-pages.ts'
import { clearCookie, nameFor } from './refresh-cookie.ts'
import { readParameters } from './request-parameters.ts'
import { servedContext } from './request-state.ts'
import { grantsOf } from './workspace-choice.ts'

/**
 * Signing out ends what the session gave: oidc-provider revokes each app's grant, but for those it was told to let live. We let
 * live what a third-party app was granted for when the person is away (`offline_access`), and take the refresh cookies away.
 */
export function endWhatTheSessionGave(provider: Provider): void {
  provider.on('authorization.success', (ctx: KoaContextWithOIDC) => {
    const { client, session, grant } = ctx.oidc
    if (client === undefined || session === undefined) return
    if (!isForAbsence(appOf(client).firstParty, grant?.getOIDCScope()))
      delete session.authorizationFor(client.clientId).persistsLogout
  })
  provider.on('end_session.success', (ctx: KoaContextWithOIDC) => {
    if (ctx.oidc.params?.['logout'] === undefined) return
    clearRefreshCookies(ctx)
  })
}

/** Takes away the refresh cookies of all apps that have something of the session. */
export function clearRefreshCookies(ctx: KoaContextWithOIDC): void {
  const { session } = ctx.oidc
  if (session === undefined) return
  for (const clientId of Object.keys(session.authorizations ?? {}))
    for (const workspaceId of Object.keys(grantsOf(session, clientId))) clearCookie(ctx, nameFor(clientId, workspaceId))
}

/**
 * Ends what apps have by the session in workspaces other than the one that each was used for last, which is all that oidc-provider knows
 * of. By the grants themselves: of two tabs that chose at the same moment, the session may remember one.
 */
export async function endOtherWorkspaces(ctx: KoaContextWithOIDC, { data, clock }: { data: Data; clock: Clock }): Promise<void> {
  const { session, provider } = ctx.oidc
  if (session?.accountId === undefined) return
  const { accountId, uid } = session
  const grants = await data.read({ kind: 'self', userId: accountId }, ({ grants: all }) => all.listForUser(accountId))
  for (const { id, clientId, workspaceId, sessionUid, payload } of grants) {
    const client = sessionUid === uid ? await provider.Client.find(clientId) : undefined
    if (client === undefined || session.grantIdFor(clientId) === id) continue
    await tellSignedOut(ctx, data, { client, userId: accountId, sid: id })
    if (isForAbsence(appOf(client).firstParty, scopeOf(payload['openid']))) continue
    await revokeGrant({ data, clock }, id, ctx)
    clearCookie(ctx, nameFor(clientId, workspaceId))
  }
}

/** Has an app that wants to know be told. A notice that cannot be kept is reported, and stops nobody from signing out. */
export async function tellSignedOut(
  ctx: KoaContextWithOIDC,
  data: Data,
  { client, userId, sid }: { client: Client; userId: string; sid: string },
): Promise<void> {
  if (client['backchannelLogoutUri'] === undefined) return
  const { clientId } = client
  await enqueueLogout(data, { clientId, userId, sid }).catch((error: unknown) => {
    ctx.oidc.provider.emit('backchannel.error', ctx, error, client, userId, sid)
  })
}

export interface SignOutOptions {
  data: Data
  clock: Clock
  protocolPages: ReturnType<typeof createProtocolPages>
}

/**
 * A session ends by itself after hours without use, while the refresh tokens that it gave live for weeks. So an app's ID token
 * names what ends with a sign-out, too: without it, signing out of a product the day after would leave the product signed in.
 * It is asked about, since whoever sends the browser here may have found that token somewhere.
 */
export function finishSignOut(provider: Provider, { data, clock, protocolPages }: SignOutOptions): Middleware {
  return async function signOut(ctx, next) {
    await next()
    const served = servedContext(ctx)
    if (served === undefined) return
    const { oidc } = served
    if (oidc.route === 'end_session' && ctx.status === 200 && oidc.session?.accountId === undefined) {
      const hinted = await findHinted(oidc.params?.['id_token_hint'])
      // Nobody is signed in, and nothing of the app is left: there is nothing to ask about.
      if (hinted === undefined) returnToApp(served)
      else protocolPages.logoutSource(served)
    }
    if (oidc.route === 'end_session_confirm' && ctx.status === 303) {
      if (oidc.params?.['logout'] !== undefined) {
        await endOtherWorkspaces(served, { data, clock })
        await endHinted(served)
      }
      // Nobody was signed out, so nobody is told so.
      else if (URL.parse(ctx.response.get('location'))?.pathname === '/logout/success') ctx.set('Location', '/')
    }
  }

  async function endHinted(ctx: KoaContextWithOIDC): Promise<void> {
    const hinted = await findHinted(ctx.oidc.body?.['id_token_hint'])
    if (hinted === undefined) return
    const { id, clientId, workspaceId } = hinted.grant
    await revokeGrant({ data, clock }, id, ctx)
    clearCookie(ctx, nameFor(clientId, workspaceId))
  }

  /** What an app has by the session that its ID token names, unless it is to outlive the session. */
  async function findHinted(hint: unknown): Promise<GrantFacts | undefined> {
    const said = typeof hint === 'string' ? await readHint(provider, hint) : undefined
    const facts = typeof said?.payload['sid'] === 'string' ? await findGrantFacts(data, said.payload['sid']) : undefined
    if (said === undefined || facts === undefined) return undefined
    const { grant } = facts
    if (grant.clientId !== said.client.clientId || grant.userId !== said.payload.sub) return undefined
    return isForAbsence(appOf(said.client).firstParty, scopeOf(grant.payload['openid'])) ? undefined : facts
  }
}

/** Sends the browser where the app wants it after a sign-out; without an app to our own page that says so. */
export function returnToApp(ctx: KoaContextWithOIDC): void {
  const { post_logout_redirect_uri: uri, state } = readParameters(ctx.oidc.params)
  const to = new URL(uri ?? '/logout/success', ctx.oidc.issuer)
  if (uri !== undefined && state !== undefined) to.searchParams.set('state', state)
  ctx.status = 303
  ctx.set('Location', uri === undefined ? to.pathname : to.href)
  ctx.body = ''
}

/** The scope of OpenID Connect in a grant as it is kept. */
export function scopeOf(openid: unknown): string | undefined {
  const scope = typeof openid === 'object' && openid !== null && 'scope' in openid ? openid.scope : undefined
  return typeof scope === 'string' ? scope : undefined
}

/** Whether an app of somebody else's was given something for when the person is away: that outlives the session. */
export function isForAbsence(isFirstParty: boolean, scope: string | undefined): boolean {
  return !isFirstParty && (scope?.split(' ').includes('offline_access') ?? false)
}
