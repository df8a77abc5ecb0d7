import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import Koa from 'koa'

/** An API for one app: whoever calls it needs an access token that was issued for `audience`, which is the app's client id. */
export function createApi({ issuer, audience }: { issuer: string; audience: string }): Koa {
  const keys = createRemoteJWKSet(new URL('/jwks', issuer))
  const api = new Koa()

  api.use(async ctx => {
    const token = ctx.get('Authorization').replace(/^Bearer /i, '')
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'] })
      if (ctx.method === 'DELETE' && !isSteppedUp(payload)) {
        ctx.status = 401
        ctx.set('WWW-Authenticate', stepUp)
        return
      }
      ctx.body = { caller: payload.sub, workspace: payload['workspace'], roles: payload['roles'] }
    } catch {
      ctx.status = 401
      ctx.set('WWW-Authenticate', 'Bearer error="invalid_token"')
    }
  })
  return api
}

/** What cannot be undone takes a second factor, ten minutes ago at most: the app passes both on to `/authorize` (RFC 9470). */
const stepUp = 'Bearer error="insufficient_user_authentication", acr_values="multi-factor", max_age="600"'

function isSteppedUp({ acr, auth_time: signedInAt }: JWTPayload): boolean {
  return ['multi-factor', 'phr', 'phrh'].includes(String(acr)) && Date.now() / 1000 - Number(signedInAt) <= 600
}
