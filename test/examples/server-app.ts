import { randomUUID } from 'node:crypto'
import Router from '@koa/router'
import Koa from 'koa'
import * as oidc from 'openid-client'

interface Session {
  subject: string
  idToken: string
  accessToken: string
  refreshToken: string
  /** Milliseconds. */
  expiresAt: number
}

/** Ledgerline, an app with a server: the tokens stay there, and the browser has a cookie that means nothing elsewhere. */
export async function createServerApp(app: {
  issuer: string
  clientId: string
  clientSecret: string
  /** Its own address: `<url>/callback` is its registered redirect URI. */
  url: string
}): Promise<Koa> {
  const config = await oidc.discovery(new URL(app.issuer), app.clientId, undefined, oidc.ClientSecretBasic(app.clientSecret), {
    execute: app.issuer.startsWith('http://localhost') ? [oidc.allowInsecureRequests] : [],
  })
  const signIns = new Map<string, { expectedState: string; expectedNonce: string; pkceCodeVerifier: string }>()
  const sessions = new Map<string, Session>() // in a real app, both belong in your session store
  const cookie = { httpOnly: true, sameSite: 'lax', secure: app.url.startsWith('https:') } as const
  const router = new Router({ prefix: new URL(app.url).pathname.replace(/\/$/, '') })

  router.get('/', async ctx => {
    const id = ctx.cookies.get('session') ?? ''
    const session = sessions.get(id)
    if (!session) {
      ctx.body = page(`<p>Books that keep themselves.</p><a href="${app.url}/sign-in">Sign in</a>`)
      return
    }
    try {
      const person = await oidc.fetchUserInfo(config, await freshAccessToken(session), session.subject)
      ctx.body = page(`<p>Signed in as ${escape(person.email ?? person.sub)}.</p>
        <form method="post" action="${app.url}/sign-out"><button>Sign out</button></form>`)
    } catch (error) {
      if (!(error instanceof oidc.ResponseBodyError || error instanceof oidc.WWWAuthenticateChallengeError)) throw error
      sessions.delete(id) // refused: the session has ended at the issuer
      ctx.redirect(`${app.url}/`)
    }
  })

  router.get('/sign-in', async ctx => {
    const checks = {
      expectedState: oidc.randomState(),
      expectedNonce: oidc.randomNonce(),
      pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    }
    const id = randomUUID()
    signIns.set(id, checks)
    ctx.cookies.set('sign-in', id, cookie)
    const request = oidc.buildAuthorizationUrl(config, {
      redirect_uri: `${app.url}/callback`,
      scope: 'openid profile email',
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
      code_challenge_method: 'S256',
    })
    ctx.redirect(request.href)
  })

  router.get('/callback', async ctx => {
    const begun = ctx.cookies.get('sign-in') ?? ''
    const checks = signIns.get(begun)
    signIns.delete(begun)
    if (!checks || ctx.query['error']) return ctx.redirect(`${app.url}/`) // not begun here, or cancelled
    const tokens = await oidc.authorizationCodeGrant(config, new URL(ctx.url, app.url), checks)
    const id = randomUUID()
    sessions.set(id, { subject: tokens.claims()?.sub ?? '', ...readTokens(tokens) })
    ctx.cookies.set('session', id, cookie)
    ctx.redirect(`${app.url}/`)
  })

  router.post('/sign-out', ctx => {
    const id = ctx.cookies.get('session') ?? ''
    const session = sessions.get(id)
    sessions.delete(id)
    ctx.cookies.set('session', null, cookie)
    const request = oidc.buildEndSessionUrl(config, {
      post_logout_redirect_uri: `${app.url}/`,
      ...(session && { id_token_hint: session.idToken }),
    })
    ctx.redirect(request.href)
  })

  /** Each refresh token is good once; the new one comes with the new access token. */
  async function freshAccessToken(session: Session): Promise<string> {
    if (session.expiresAt - Date.now() < 60_000) {
      Object.assign(session, readTokens(await oidc.refreshTokenGrant(config, session.refreshToken)))
    }
    return session.accessToken
  }

  const server = new Koa()
  server.use(router.routes())
  return server
}

function readTokens(tokens: oidc.TokenEndpointResponse) {
  return {
    idToken: tokens.id_token ?? '',
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token ?? '',
    expiresAt: Date.now() + (tokens.expires_in ?? 0) * 1000,
  }
}

function page(content: string): string {
  return `<!doctype html><html lang="en"><title>Ledgerline</title><meta name="viewport" content="width=device-width">
    <link rel="stylesheet" href="/style.css"><main><section class="door"><h1>Ledgerline</h1>${content}</section></main></html>`
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`)
}
