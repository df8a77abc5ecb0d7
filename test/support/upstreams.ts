import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt, type JWK, type JWTPayload } from 'jose'
import type { Context } from 'koa'
import { Provider } from 'oidc-provider'
import { createBoundedAdapter } from '../bench/bounded-adapter.ts'
import { makeKey, signToken, type SignedParts } from './forged-tokens.ts'

/** What can be asked of an upstream. */
type Endpoint = 'discovery' | 'keys' | 'authorization' | 'token'

const endpoints: Record<string, Endpoint> = { '/jwks': 'keys', '/auth': 'authorization', '/token': 'token' }
const documentPath = '/.well-known/openid-configuration'

/** What a token says of somebody; `sub` is what the upstream knows them by. */
export type UpstreamPerson = JWTPayload & { sub: string }

export interface FakeUpstreamOptions {
  /** Where this upstream sends people back to. */
  redirectUri: string
  /** What its document and its tokens name as the issuer, given its origin; `{tenantid}` stands for the `tid` of who signs in. */
  issuer?: (origin: string) => string
}

/**
 * An upstream on 127.0.0.1: oidc-provider does the protocol, and before a token leaves, its claims become those of `person`. Whoever
 * comes is signed in at once, or asked, or refused. Every token and every answer can be broken.
 */
export class FakeUpstream {
  readonly clientId = 'latchkey-over-there'
  readonly clientSecret = 'a-secret-of-the-upstream-of-32-characters'
  #redirectUri: string
  readonly #issuer: (origin: string) => string
  readonly requests: Record<Endpoint, number> = { discovery: 0, keys: 0, authorization: 0, token: 0 }
  /** The parameters of each authorization request. */
  readonly asked: URLSearchParams[] = []

  /** Who signs in next. */
  person: UpstreamPerson = { sub: 'nobody' }
  /** `at-once`: nobody is asked; `ask`: a page with two buttons; `refuse`: nobody gets through. */
  consent: 'at-once' | 'ask' | 'refuse' = 'at-once'
  /** How far its clock is ahead. */
  clockOffsetSeconds = 0
  /** Changes what its discovery document says. */
  publish: (document: Record<string, unknown>) => void = () => {}
  /** Makes the ID token in another way. */
  forge: (parts: SignedParts) => string | Promise<string> = signToken
  /** Answers at an endpoint in its place. */
  behave: Partial<Record<Endpoint, RequestListener>> = {}

  key: JWK = {}
  #provider: RequestListener = (_request, response) => response.writeHead(503).end()
  #server: Server | undefined
  #port = 0

  constructor({ redirectUri, issuer = origin => origin }: FakeUpstreamOptions) {
    this.#redirectUri = redirectUri
    this.#issuer = issuer
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** What the settings call it. */
  get issuer(): string {
    return this.#issuer(this.origin)
  }

  /** Listens; once more on the port of before, where it was stopped. */
  async start(): Promise<this> {
    if (this.#server) return this
    this.#server = createServer((request, response) => this.#answer(request, response)).listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    // A listening TCP server's address is never a string (that is for pipes) nor null.
    this.#port = (this.#server.address() as AddressInfo).port
    if (this.key.kid === undefined) await this.rotateKeys()
    return this
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }

  /** A new key signs from now on, and the one before is published no more. */
  async rotateKeys(algorithm = 'RS256'): Promise<void> {
    this.key = await makeKey(algorithm)
    this.#provider = this.#createProvider(algorithm)
  }

  /** Sends people back to another address from now on: whose that is may be known only after this upstream has an issuer. */
  register(redirectUri: string): void {
    this.#redirectUri = redirectUri
    this.#provider = this.#createProvider(this.key.alg ?? '')
  }

  /** Back to how it was at first, keys and counts aside. */
  behaveWell(): void {
    this.consent = 'at-once'
    this.clockOffsetSeconds = 0
    this.publish = () => {}
    this.forge = signToken
    this.behave = {}
  }

  #answer(...[request, response]: Parameters<RequestListener>): void {
    const url = new URL(request.url ?? '/', this.origin)
    const endpoint = url.pathname.endsWith(documentPath) ? 'discovery' : endpoints[url.pathname]
    if (endpoint) this.requests[endpoint] += 1
    if (endpoint === 'authorization') this.asked.push(url.searchParams)
    // One server speaks for every tenant.
    if (endpoint === 'discovery') request.url = documentPath
    // Whoever was signed in there is forgotten, so that `person` may change from one sign-in to the next.
    if (endpoint === 'authorization') delete request.headers.cookie
    // `person` has chosen already.
    request.url = request.url?.replace('prompt=select_account', '')
    const behaviour = endpoint === undefined ? undefined : this.behave[endpoint]
    if (behaviour) behaviour(request, response)
    else this.#provider(request, response)
  }

  #createProvider(algorithm: string): RequestListener {
    const provider = new Provider(this.origin, {
      adapter: createBoundedAdapter,
      ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
      clients: [
        {
          client_id: this.clientId,
          client_secret: this.clientSecret,
          redirect_uris: [this.#redirectUri],
          token_endpoint_auth_method: 'client_secret_post',
          id_token_signed_response_alg: algorithm as 'RS256', // whatever it is called, there is a key for it
        },
      ],
      jwks: { keys: [{ ...this.key }] },
      cookies: { keys: ['cookies of a fake upstream'] },
      enabledJWA: { idTokenSigningAlgValues: [algorithm as 'RS256'] },
      features: { devInteractions: { enabled: false } },
      pkce: { required: () => true },
      scopes: ['openid', 'email', 'profile'],
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
      findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
      // Who has signed in has consented.
      async loadExistingGrant({ oidc }) {
        const grant = new oidc.provider.Grant({ clientId: oidc.client?.clientId ?? '', accountId: oidc.account?.accountId ?? '' })
        grant.addOIDCScope('openid email profile')
        await grant.save()
        return grant
      },
      renderError: (context, { error }) => {
        context.body = error
      },
    })
    provider.use(async (context, next) => {
      if (context.path.startsWith('/interaction/')) return this.#interact(provider, context)
      await next()
      await this.#rewrite(context)
    })
    const listener = provider.callback()
    return (request, response) => void listener(request, response)
  }

  /** What leaves is in the upstream's own words: its issuer, and its tokens about `person`. */
  async #rewrite(context: Context): Promise<void> {
    const templated = this.issuer.includes('{tenantid}')
    if (context.path === documentPath && context.status === 200) {
      const document: Record<string, unknown> = { ...(context.body as object), issuer: this.issuer }
      // As Microsoft has it.
      if (templated) delete document['authorization_response_iss_parameter_supported']
      this.publish(document)
      context.body = document
    }
    const location = context.response.get('location') ?? ''
    if (location.startsWith(this.#redirectUri)) {
      const back = new URL(location)
      if (templated) back.searchParams.delete('iss')
      else back.searchParams.set('iss', this.issuer)
      context.set('location', back.href)
    }
    if (context.path === '/token' && context.status === 200) {
      const answer = context.body as { id_token: string } // RFC 6749 §5.1, as oidc-provider has it
      const claims = decodeJwt(answer.id_token)
      const { iat = 0, exp = 0 } = claims
      const offset = this.clockOffsetSeconds
      const tenant = String(this.person['tid'])
      answer.id_token = await this.forge({
        header: { alg: this.key.alg ?? '', kid: this.key.kid ?? '', typ: 'JWT' },
        claims: {
          ...claims,
          iss: this.issuer.replace('{tenantid}', tenant),
          iat: iat + offset,
          exp: exp + offset,
          ...this.person,
        },
        key: this.key,
      })
    }
  }

  async #interact(provider: Provider, context: Context): Promise<void> {
    const { req, res } = context
    context.respond = false
    const isAnswered = this.consent !== 'ask' || req.method === 'POST'
    if (!isAnswered) {
      const button = (name: string, label: string) => `<form method="post" action="?${name}"><button>${label}</button></form>`
      res.setHeader('content-type', 'text/html; charset=utf-8')
      res.end(`<!doctype html><title>Upstream</title>${button('continue', 'Continue')}${button('cancel', 'Cancel')}`)
      return
    }
    const refused = this.consent === 'refuse' || context.search === '?cancel'
    const result = refused ? { error: 'access_denied' } : { login: { accountId: this.person.sub } }
    await provider.interactionFinished(req, res, result)
  }
}

/** As Microsoft has it: an issuer for each organisation, and a template for all. */
export function microsoftIssuer(origin: string): string {
  return `${origin}/{tenantid}/v2.0`
}
