import type { JWTPayload } from 'jose'
import { apiResource } from '../apps/api-resource.ts'
import type { Context } from '../http/context.ts'
import type { AccessMode } from '../kernel/access-mode.ts'
import { type Clock, secondsAfter } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { constantTimeEqual } from '../kernel/secrets.ts'
import type { VerifyAccessToken } from '../oidc/token-verifier.ts'
import { isLevel } from '../policy/levels.ts'
import type { Data } from '../ports/data.ts'
import { apiKeyPrefix, readApiKey } from '../workspaces/api-keys.ts'
import type { Caller } from './caller.ts'
import type { AssertLevel } from './required-level.ts'

const mode: AccessMode = { kind: 'system', reason: 'protocol' }
const useShownToSeconds = 3600

/**
 * Finds out who calls, by `Authorization: Bearer` and nothing else: never by a cookie, so no page of somebody else's can have a browser
 * call in its person's name. All that decides is read now: a person who was suspended or removed, an app or a key that is gone, a token that
 * was revoked is nobody's from that moment on. Rejects with AppError `not-signed-in`.
 */
export function createApiAuthentication({
  issuer,
  data,
  clock,
  verify,
  assertLevel,
}: {
  issuer: string
  data: Data
  clock: Clock
  verify: VerifyAccessToken
  assertLevel: AssertLevel
}) {
  const resource = apiResource(issuer)

  return async function authenticate(ctx: Context): Promise<Caller> {
    const [, credential] = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(ctx.get('authorization')) ?? []
    if (credential === undefined) {
      ctx.set('WWW-Authenticate', 'Bearer')
      throw new AppError('not-signed-in', { detail: 'Send an access token or an API key: Authorization: Bearer …' })
    }
    const caller = await (credential.startsWith(apiKeyPrefix) ? findKey(credential) : findTokenHolder(credential))
    if (caller?.kind === 'user') assertLevel(ctx, caller)
    if (caller !== undefined) return caller
    ctx.set('WWW-Authenticate', 'Bearer error="invalid_token"')
    throw new AppError('not-signed-in', { detail: 'The access token or API key is none, or is good no more.' })
  }

  async function findTokenHolder(token: string): Promise<Caller | undefined> {
    const payload = await verify(token)
    // A token that is bound to a key (RFC 9449) is none for whoever only has the token.
    if (payload === undefined || ![payload.aud].flat().includes(resource) || payload['cnf'] !== undefined) return undefined
    const grantId = payload['sid']
    return typeof grantId === 'string' ? findPerson(payload, grantId) : findSystemApp(payload)
  }

  function findPerson(payload: JWTPayload, grantId: string): Promise<Caller | undefined> {
    return data.read(mode, async ({ grants, workspaces }) => {
      const facts = await grants.findFacts(grantId, payload.jti)
      if (facts === undefined || facts.user.status !== 'active' || facts.user.id !== payload.sub) return undefined
      const { user, grant, membership } = facts
      const authTimeSeconds = Number(payload['auth_time'] ?? 0)
      // The workspace that the token says, not one that its grant may have come to since.
      if (workspaceOf(payload) !== grant.workspaceId) return undefined
      const acr = String(payload['acr'])
      const known = { kind: 'user', user, grant, authTimeSeconds, level: isLevel(acr) ? acr : undefined } as const
      if (grant.workspaceId === undefined) return { ...known, workspace: undefined }
      const record = await workspaces.findById(grant.workspaceId)
      if (membership === undefined || record === undefined) return undefined
      return { ...known, workspace: { record, membership } }
    })
  }

  function findSystemApp(payload: JWTPayload): Promise<Caller | undefined> {
    const { sub: clientId, jti = '' } = payload
    if (clientId === undefined || clientId !== payload['client_id']) return Promise.resolve(undefined)
    return data.read(mode, async ({ apps, revokedAccessTokens }) => {
      const [app, isRevoked] = await Promise.all([apps.find(clientId), revokedAccessTokens.has(jti)])
      return app?.metadata['system'] === true && !isRevoked ? { kind: 'system-app', clientId } : undefined
    })
  }

  async function findKey(credential: string): Promise<Caller | undefined> {
    const given = readApiKey(credential)
    if (given === undefined) return undefined
    const now = clock()
    const found = await data.read(mode, async ({ apiKeys, workspaces }) => {
      const facts = await apiKeys.findFacts(given.id)
      if (facts === undefined || !constantTimeEqual(facts.secretHash, given.secretHash)) return undefined
      if (facts.expiresAt <= now || facts.creatorStatus !== 'active') return undefined
      return { facts, record: await workspaces.findById(facts.workspaceId) }
    })
    if (found?.record === undefined) return undefined
    const { facts, record } = found
    if (facts.lastUsedAt === undefined || secondsAfter(facts.lastUsedAt, useShownToSeconds) <= now)
      await data.scoped(mode, ({ apiKeys }) => apiKeys.recordUse(facts.id, now))
    return { kind: 'api-key', facts, workspace: { record, membership: facts.membership } }
  }
}

function workspaceOf({ workspace }: JWTPayload): string | undefined {
  // Our own claim, which the signature vouches for.
  return (workspace as { id: string } | undefined)?.id
}
