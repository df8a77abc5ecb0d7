import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { appOf } from './clients.ts'
import { stateOf } from './request-state.ts'

/*
 * The refresh token of a browser app, in a cookie that no script reads: `__Secure-refresh.<client_id>.<workspace_id>`, HttpOnly,
 * Secure, SameSite=Strict, Path=/token. A browser sends it wherever a page makes it call /token, so the request's Origin has to
 * be one of the app's, exactly; `null` and none are nobody's.
 */

const prefix = '__Secure-refresh.'
/** Where the cookie goes, and nowhere else. */
export const tokenPath = '/token'

interface RefreshCookie {
  name: string
  workspaceId: string
  token: string
}

/** Whether the app of this request gets its refresh tokens by cookie. */
export function usesCookie(ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc.client !== undefined && appOf(ctx.oidc.client).delivery === 'cookie'
}

/** Refuses a token request of a cookie app from anywhere but its own origins (RFC 6749 §10.12). */
export function assertAppOrigin(ctx: KoaContextWithOIDC): void {
  const origins = ctx.oidc.client === undefined ? [] : appOf(ctx.oidc.client).origins
  const origin = ctx.get('origin')
  if (!origins.includes(origin)) {
    throw new errors.InvalidRequest(
      origin === ''
        ? 'an Origin header is needed: refresh from the app in a browser'
        : 'this origin is not one of the app\'s "origins"',
    )
  }
}

/**
 * Puts the token of the request's cookie where oidc-provider looks for it. With several workspaces' cookies the request has to
 * say which it means: a tab never wakes up somewhere else.
 */
export function takeTokenFromCookie(ctx: KoaContextWithOIDC): RefreshCookie {
  const { client, params } = ctx.oidc
  if (client === undefined || params === undefined) throw new errors.InvalidRequest('no client')
  if (params['refresh_token'] !== undefined) {
    throw new errors.InvalidRequest('the refresh token of this app is in its cookie, and nowhere else')
  }
  const cookies = readCookies(ctx.get('cookie'), `${prefix}${client.clientId}.`)
  const workspace = params['workspace']
  const matching = workspace === undefined ? cookies : cookies.filter(cookie => cookie.workspaceId === workspace)
  const [cookie, another] = matching
  if (cookie === undefined) throw new errors.InvalidGrant('no refresh cookie for this app and workspace')
  if (another !== undefined) throw new errors.InvalidRequest('several workspaces are signed in: name one with "workspace"')
  params['refresh_token'] = cookie.token
  return cookie
}

/** Moves the refresh token of the answer into its cookie: no script ever sees it. */
export function moveTokenIntoCookie(ctx: KoaContextWithOIDC): void {
  const body = ctx.body
  const { client } = ctx.oidc
  if (client === undefined || typeof body !== 'object' || body === null || !('refresh_token' in body)) return
  const { refresh_token: token } = body
  delete body.refresh_token
  if (typeof token !== 'string') return
  const { grantFacts } = stateOf(ctx)
  const expires = ctx.oidc.entities.RefreshToken?.exp
  setCookie(
    ctx,
    nameFor(client.clientId, grantFacts?.grant.workspaceId),
    token,
    expires === undefined ? undefined : new Date(expires * 1000),
  )
}

/** Takes a cookie away whose family has ended. */
export function clearCookie(ctx: KoaContextWithOIDC, name: string): void {
  setCookie(ctx, name, '', new Date(0))
}

export function nameFor(clientId: string, workspaceId: string | undefined): string {
  return `${prefix}${clientId}.${workspaceId ?? 'none'}`
}

function setCookie(ctx: KoaContextWithOIDC, name: string, value: string, expires: Date | undefined): void {
  ctx.cookies.set(name, value === '' ? null : value, {
    httpOnly: true,
    secure: true,
    sameSite: 'strict',
    path: tokenPath,
    signed: false,
    overwrite: true,
    ...(expires === undefined || value === '' ? {} : { expires }),
  })
}

function readCookies(header: string, start: string): RefreshCookie[] {
  return header.split(';').flatMap(part => {
    const [name = '', token = ''] = part.trim().split('=', 2)
    return name.startsWith(start) && token !== '' ? [{ name, workspaceId: name.slice(start.length), token }] : []
  })
}
