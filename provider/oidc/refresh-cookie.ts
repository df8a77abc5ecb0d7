import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { findBrowser, renewBrowser } from '../http/browser-cookie.ts'
import { constantTimeEqual } from '../kernel/secrets.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import { appOf } from './clients.ts'
import { familyOf } from './refresh-family.ts'
import { stateOf } from './request-state.ts'

/*
 * The refresh token of a browser app, in a cookie that no script reads: `__Secure-refresh.<client_id>.<workspace_id>`, HttpOnly,
 * Secure, SameSite=Strict, Path=/token. A browser sends it wherever a page makes it call /token, so the request's Origin has to
 * be one of the app's, exactly; `null` and none are nobody's.
 *
 * Threat: a sibling subdomain sets a cookie of this name for the parent domain, with a refresh token of its own sign-in. Alone, the
 * victim's tab would wake up as the attacker; beside the victim's own, nobody could tell the two apart. So the value is the token and
 * a tag over app, workspace, token family and the browser's `__Host-browser` cookie, which no sibling can set (RFC 6265bis §4.1.3.2).
 * A cookie whose tag isn't this browser's is as if it weren't there. A stolen cookie, too, is good for nothing without the other.
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
export function takeTokenFromCookie(ctx: KoaContextWithOIDC, cipher: FieldCipher): RefreshCookie {
  const { client, params } = ctx.oidc
  if (client === undefined || params === undefined) throw new errors.InvalidRequest('no client')
  if (params['refresh_token'] !== undefined) {
    throw new errors.InvalidRequest('the refresh token of this app is in its cookie, and nowhere else')
  }
  const cookies = findOwnCookies(ctx, client.clientId, cipher)
  const workspace = params['workspace']
  const matching = workspace === undefined ? cookies : cookies.filter(cookie => cookie.workspaceId === workspace)
  const [cookie, another] = matching
  if (cookie === undefined) throw new errors.InvalidGrant('no refresh cookie for this app and workspace')
  if (another !== undefined) throw new errors.InvalidRequest('several workspaces are signed in: name one with "workspace"')
  params['refresh_token'] = cookie.token
  return cookie
}

/** Moves the refresh token of the answer into its cookie: no script ever sees it. */
export function moveTokenIntoCookie(ctx: KoaContextWithOIDC, cipher: FieldCipher): void {
  const body = ctx.body
  const { client } = ctx.oidc
  if (client === undefined || typeof body !== 'object' || body === null || !('refresh_token' in body)) return
  const { refresh_token: token } = body
  delete body.refresh_token
  if (typeof token !== 'string') return
  const workspaceId = stateOf(ctx).grantFacts?.grant.workspaceId
  const expires = ctx.oidc.entities.RefreshToken?.exp
  const tag = tagOf({ browser: renewBrowser(ctx), clientId: client.clientId, workspaceId: workspaceId ?? 'none', token }, cipher)
  setCookie(
    ctx,
    nameFor(client.clientId, workspaceId),
    `${token}.${tag.toString('base64url')}`,
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

/** The app's cookies that were made for this browser, whatever else of their names lies beside them. */
function findOwnCookies(ctx: KoaContextWithOIDC, clientId: string, cipher: FieldCipher): RefreshCookie[] {
  const browser = findBrowser(ctx)
  if (browser === undefined) return []
  const start = `${prefix}${clientId}.`
  return ctx
    .get('cookie')
    .split(';')
    .flatMap(part => {
      const [name = '', value = ''] = part.trim().split('=', 2)
      const [token = '', tag = ''] = value.split('.', 2)
      if (!name.startsWith(start) || tag === '') return []
      const workspaceId = name.slice(start.length)
      const expected = tagOf({ browser, clientId, workspaceId, token }, cipher)
      return constantTimeEqual(Buffer.from(tag, 'base64url'), expected) ? [{ name, workspaceId, token }] : []
    })
}

/** What ties a cookie to its browser. All tokens of a family have the same, so that a tab may bring the one before. */
function tagOf(bound: { browser: Buffer; clientId: string; workspaceId: string; token: string }, cipher: FieldCipher): Buffer {
  const { browser, clientId, workspaceId, token } = bound
  const facts = ['refresh', browser.toString('base64url'), clientId, workspaceId, familyOf(token) ?? '']
  return cipher.blindIndex('cookie-signature', JSON.stringify(facts))
}
