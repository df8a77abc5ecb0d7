import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Configuration, Provider, type TokenEndpointGrantContext } from 'oidc-provider'
import type { AppRegistry } from '../apps/registry.ts'
import type { Clock } from '../kernel/clock.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { Requirement } from '../policy/gate.ts'
import type { Data } from '../ports/data.ts'
import type { Store } from '../ports/store.ts'
import { acceptJwtAccessTokens } from './access-tokens.ts'
import { type DeliverLogout, enqueueBackChannelLogouts } from './back-channel-logout.ts'
import { findClientsInRegistry } from './clients.ts'
import { validateHints } from './id-token-hints.ts'
import { limitParameters } from './parameter-limits.ts'
import { keepLateSessions } from './late-sessions.ts'
import { keepRefreshTokensInFamilies } from './refresh-tokens.ts'
import { keepProofs } from './session-proofs.ts'
import type { SigningKey } from './signing.ts'
import type { WrapGrant } from './token-endpoint.ts'
import { keepChoices } from './workspace-choice.ts'

/** Parameters of ours that a refresh may carry: the tab says where and who it believes it is. */
const refreshParameters = ['workspace', 'sid']

export interface ProviderOptions {
  issuer: string
  configuration: Configuration
  keys: readonly SigningKey[]
  registry: AppRegistry
  data: Data
  store: Store
  clock: Clock
  wrapGrant: WrapGrant
  requirement: Requirement
  /** Answers an app by a form that the browser posts. */
  answerByForm: ResponseMode
}

type ResponseMode = Parameters<Provider['registerResponseMode']>[1]

/**
 * oidc-provider with our tokens, clients and storage in it. Built anew whenever the signing keys change, since it takes them at
 * construction only.
 */
export function createProvider(options: ProviderOptions): { provider: Provider; deliverLogout: DeliverLogout } {
  const { data, clock, store } = options

  class Latchkey extends Provider {
    // Called by the constructor for each built-in grant type, which is where they can be wrapped.
    override registerGrantType<Parameters extends object>(
      name: string,
      handler: (ctx: TokenEndpointGrantContext<Parameters>) => void | Promise<void>,
      parameters?: string | readonly string[] | ReadonlySet<string>,
      duplicates?: string | readonly string[] | ReadonlySet<string>,
    ): void {
      const ours = name === 'refresh_token' ? refreshParameters : []
      const allowed = [...(typeof parameters === 'string' ? [parameters] : (parameters ?? [])), ...ours]
      const wrapped = (ctx: TokenEndpointGrantContext<Parameters>) => options.wrapGrant(name, ctx, async () => handler(ctx))
      super.registerGrantType<Parameters>(name, wrapped, allowed, duplicates)
    }

    // Likewise; once a mode is there it stays. oidc-provider's own page of this one has an inline script, and no words of ours.
    override registerResponseMode(name: string, handler: ResponseMode): void {
      super.registerResponseMode(name, name === 'form_post' ? options.answerByForm : handler)
    }
  }

  const provider: Provider = new Latchkey(options.issuer, { ...options.configuration, jwks: { keys: [...options.keys] } })
  // The request's own headers were replaced by the issuer's, so this reads nothing that a client sent.
  provider.proxy = true
  const createContext = provider.createContext.bind(provider)
  Object.assign(provider, {
    createContext(request: IncomingMessage, response: ServerResponse) {
      const ctx = createContext(request, response)
      // Browsers keep Secure cookies over http on loopback, the one place where an issuer may be http.
      ctx.cookies.secure = true
      return ctx
    },
  })

  keepMember(provider.Grant, 'workspaceId')
  for (const model of [provider.Session, provider.AuthorizationCode, provider.DeviceCode, provider.RefreshToken])
    keepMember(model, 'proofs')
  for (const model of [provider.AuthorizationCode, provider.DeviceCode, provider.RefreshToken]) keepMember(model, 'browser')
  for (const name of ['browser', 'proofs', 'signedOut', 'chosenBy']) keepMember(provider.Interaction, name)
  keepProofs(provider, clock)
  keepChoices(provider)
  limitParameters(provider)
  keepLateSessions(provider, options.configuration)
  findClientsInRegistry(provider, options.registry)
  keepRefreshTokensInFamilies(provider, { data, clock, requirement: options.requirement })
  acceptJwtAccessTokens(provider, options.keys, { data, clock })
  validateHints(provider, options.keys)
  const deliverLogout = enqueueBackChannelLogouts(provider, data)

  // RFC 9449 §11.1: one use of a proof, over all nodes. Kept twice as long as asked for: a proof may be dated ahead by as much as
  // it may be old, and is good until then.
  Object.assign(provider.ReplayDetection, {
    unique: (issuer: string, jti: string, expiresAt: number) => {
      const ttlSeconds = Math.max(1, 2 * (expiresAt - Math.floor(Date.now() / 1000)))
      return store.compareAndSet(`replay:${hashSecret(`${issuer} ${jti}`).toString('base64url')}`, undefined, '1', ttlSeconds)
    },
  })
  return { provider, deliverLogout }
}

/** Has a model carry a member of ours along, from the first time it is kept. */
function keepMember(model: { readonly IN_PAYLOAD: string[] }, name: string): void {
  const { IN_PAYLOAD: members } = model
  Object.defineProperty(model, 'IN_PAYLOAD', { get: () => [...members, name] })
}
