import type { Adapter, KoaContextWithOIDC } from 'oidc-provider'
import type { AccessMode } from '../kernel/access-mode.ts'
import { type Clock, secondsAfter } from '../kernel/clock.ts'
import type { AuditEvent } from '../audit/catalogue.ts'
import { recordEvent } from '../audit/record.ts'
import type { Data } from '../ports/data.ts'
import type { UserWithFactors } from '../ports/records.ts'
import type { GrantFacts } from '../ports/session-records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { type Allowance, allowanceOf, unite } from './allowance.ts'
import { circumstancesOf, currentContext, currentState, stateOf } from './request-state.ts'

export const protocol: AccessMode = { kind: 'system', reason: 'protocol' }

/**
 * Whether anything may still be issued or honoured under a grant: its user is active, and still a member of the workspace that
 * it names.
 */
export function isHonoured(facts: GrantFacts): boolean {
  return facts.user.status === 'active' && (facts.grant.workspaceId === undefined || facts.membership?.open === true)
}

/**
 * Grants are always read from the database, with the user and the membership they depend on, in one query: a suspended user, a
 * removed member or a revoked grant is seen at the next use of any token.
 */
export function createGrantAdapter({ data, clock }: { data: Data; clock: Clock }): Adapter {
  return {
    async find(id) {
      const facts = await findGrantFacts(data, id)
      return facts?.grant.payload
    },

    async upsert(id, payload, expiresIn) {
      const { accountId, clientId } = payload
      if (accountId === undefined || clientId === undefined) throw new Error('a grant names its account and its client')
      const state = currentState()
      const now = clock()
      const workspaceId = typeof payload['workspaceId'] === 'string' ? payload['workspaceId'] : undefined
      const grant = {
        id,
        userId: accountId,
        workspaceId,
        clientId,
        sessionUid: currentContext()?.oidc.session?.uid,
        payload,
        createdAt: now,
        expiresAt: secondsAfter(now, expiresIn ?? 0),
      }
      const about = {
        userId: accountId,
        workspaceId,
        client_id: clientId,
        scope: Object.values(payload.resources ?? {}).join(' '),
      }
      const known = state?.grantFacts?.grant.id === id
      const events: AuditEvent[] = [{ ...about, action: known ? 'grant.changed' : 'grant.created', grant_id: id }]
      const consented = currentContext()?.oidc.result?.consent !== undefined
      if (consented) events.push({ ...about, action: 'consent.given' })
      const circumstances = circumstancesOf({ kind: 'user', userId: accountId }, clock)
      await data.scoped(protocol, async repositories => {
        await Promise.all([
          repositories.grants.upsert(grant),
          ...events.map(event => recordEvent(repositories, event, circumstances)),
          ...(consented ? [rememberConsent(repositories, accountId, clientId, allowanceOf(payload), now)] : []),
        ])
      })
      if (state !== undefined) delete state.grantFacts
    },

    async destroy(id) {
      await revokeGrant({ data, clock }, id)
    },

    async consume() {},
    async findByUid() {
      return undefined
    },
    async findByUserCode() {
      return undefined
    },
    async revokeByGrantId() {},
  }
}

/** Adds what was allowed now to what was allowed before. */
async function rememberConsent(
  { consents }: Repositories,
  userId: string,
  clientId: string,
  allowed: Allowance,
  givenAt: Date,
): Promise<void> {
  const before = await consents.find(userId, clientId)
  await consents.upsert({ userId, clientId, allowed: before === undefined ? allowed : unite(before.allowed, allowed), givenAt })
}

/** The facts of a grant that is honoured. Read once in a request: account, claims and checks all speak of the same moment. */
export async function findGrantFacts(data: Data, grantId: string, accessTokenId?: string): Promise<GrantFacts | undefined> {
  const known = currentState()?.grantFacts
  if (known?.grant.id === grantId) return known
  return keepHonoured(await data.read(protocol, ({ grants }) => grants.findFacts(grantId, accessTokenId)))
}

/** The same for who is signed in, of whom something is asked before anything is issued: with whether they have enrolled a factor. */
export async function findFactsOfSession(data: Data, grantId: string): Promise<GrantFacts<UserWithFactors> | undefined> {
  return keepHonoured(await data.read(protocol, ({ grants }) => grants.findFactsWithFactors(grantId)))
}

function keepHonoured<Facts extends GrantFacts>(facts: Facts | undefined): Facts | undefined {
  if (facts === undefined || !isHonoured(facts)) return undefined
  const state = currentState()
  if (state !== undefined) state.grantFacts = facts
  return facts
}

/** Ends a grant and all that hangs on it: its refresh family at once, its access tokens wherever they are checked here. */
export async function revokeGrant(
  { data, clock }: { data: Data; clock: Clock },
  grantId: string,
  ctx: KoaContextWithOIDC | undefined = currentContext(),
): Promise<void> {
  const state = ctx === undefined ? undefined : stateOf(ctx)
  await data.scoped(protocol, async repositories => {
    const facts = await repositories.grants.findFacts(grantId)
    if (facts === undefined) return
    await repositories.grants.delete(grantId)
    const { userId, clientId, workspaceId } = facts.grant
    // oidc-provider revokes the grant of a refresh token that it finds spent, here and nowhere else.
    const reused = ctx?.oidc.route === 'token' && ctx.oidc.entities.RefreshToken?.consumed !== undefined
    const actor =
      ctx?.oidc.session?.accountId === userId ? ({ kind: 'user', userId } as const) : ({ kind: 'app', clientId } as const)
    await recordEvent(
      repositories,
      reused
        ? { action: 'refresh-token.reused', userId, workspaceId, client_id: clientId, grant_id: grantId }
        : { action: 'grant.revoked', userId, workspaceId, client_id: clientId, grant_id: grantId },
      circumstancesOf(actor, clock, state),
    )
  })
  if (state !== undefined) delete state.grantFacts
}
