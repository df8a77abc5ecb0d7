import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { buildEvent } from '../audit/record.ts'
import type { EventBatcher } from '../audit/group-commit.ts'
import { spendLimit } from '../http/limits.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { RateLimit, RateLimiter } from '../ports/rate-limiter.ts'
import type { Store } from '../ports/store.ts'
import { deviceCodeGrantType, paceDevice } from './device-polling.ts'
import { assertAppOrigin, clearCookie, moveTokenIntoCookie, takeTokenFromCookie, usesCookie } from './refresh-cookie.ts'
import { circumstancesOf, stateOf } from './request-state.ts'

const tokensOfApp: RateLimit = { name: 'tokens-of-app', points: 60_000, windowSeconds: 60 }

export interface TokenEndpointOptions {
  rateLimiter: RateLimiter
  events: EventBatcher
  clock: Clock
  cipher: FieldCipher
  store: Store
}

/** What is done around every grant type's handler, after the client was authenticated. */
export type WrapGrant = (grantType: string, ctx: KoaContextWithOIDC, handle: () => Promise<void>) => Promise<void>

export function createTokenEndpoint({ rateLimiter, events, clock, cipher, store }: TokenEndpointOptions): WrapGrant {
  return async function wrapGrant(grantType, ctx, handle) {
    await spendLimit(rateLimiter, tokensOfApp, ctx.oidc.client?.clientId ?? '')
    const byCookie = usesCookie(ctx)
    if (byCookie) assertAppOrigin(ctx)
    if (grantType === 'refresh_token' && byCookie) await refreshByCookie(ctx, cipher, () => issue(handle))
    else if (grantType === deviceCodeGrantType) await paceDevice(ctx, store, () => issue(handle))
    else await issue(handle)
    if (byCookie) moveTokenIntoCookie(ctx, cipher)
    // Where a refresh token was made or replaced, the event stands in that transaction; within the grace none is.
    if (stateOf(ctx).issueRecorded !== true) await recordIssue(ctx, grantType)
  }

  /** The answer waits for the event; events of one moment share a commit. */
  async function recordIssue(ctx: KoaContextWithOIDC, grantType: string): Promise<void> {
    const { AccessToken, ClientCredentials } = ctx.oidc.entities
    const token = AccessToken ?? ClientCredentials
    const clientId = ctx.oidc.client?.clientId
    if (token === undefined || clientId === undefined) return
    await events.append(
      buildEvent(
        {
          action: 'token.issued',
          userId: AccessToken?.accountId,
          workspaceId: stateOf(ctx).grantFacts?.grant.workspaceId,
          client_id: clientId,
          grant_type: grantType,
          scope: token.scope ?? '',
          token_id: token.jti,
        },
        circumstancesOf({ kind: 'app', clientId }, clock),
      ),
    )
  }
}

/** A grant that ended while its tokens were being made, as when a code is used twice at once, is a grant that is no good. */
async function issue(handle: () => Promise<void>): Promise<void> {
  try {
    await handle()
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') throw new errors.InvalidGrant('the grant has ended')
    throw error
  }
}

async function refreshByCookie(ctx: KoaContextWithOIDC, cipher: FieldCipher, handle: () => Promise<void>): Promise<void> {
  const cookie = takeTokenFromCookie(ctx, cipher)
  try {
    await handle()
  } catch (error) {
    // A family that is gone or was ended just now has no winner whose cookie this could be.
    const { grantFacts } = stateOf(ctx)
    const ended = grantFacts === undefined || ctx.oidc.entities.RefreshToken?.consumed !== undefined
    if (error instanceof errors.InvalidGrant && ended) clearCookie(ctx, cookie.name)
    throw error
  }
}
