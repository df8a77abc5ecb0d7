import { errors, type Provider, type RefreshToken } from 'oidc-provider'
import type { AuditEvent } from '../audit/catalogue.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { hashSecret } from '../kernel/secrets.ts'
import { recordEvent } from '../audit/record.ts'
import { decide, type Requirement } from '../policy/gate.ts'
import type { Proof } from '../policy/proof.ts'
import { withoutVoid } from '../policy/void-proofs.ts'
import { requirementsOf } from '../policy/workspace-requirement.ts'
import type { Data } from '../ports/data.ts'
import type { UserRecord } from '../ports/records.ts'
import type { GrantFacts, RefreshFamilyRecord } from '../ports/session-records.ts'
import { appOf } from './clients.ts'
import { isHonoured, protocol } from './grant-adapter.ts'
import { familyOf, newRefreshToken, sealSuccessor, standingOf } from './refresh-family.ts'
import { proofOfSignIn, proofsOf } from './session-proofs.ts'
import { isForAbsence, scopeOf } from './sign-out.ts'
import { circumstancesOf, currentContext, currentState } from './request-state.ts'

/**
 * Gives oidc-provider's RefreshToken our families: finding reads the family with all that decides about it in one query, saving
 * is one transaction with its audit events, and nothing is consumed apart from being replaced.
 */
export function keepRefreshTokensInFamilies(
  provider: Provider,
  { data, clock, requirement }: { data: Data; clock: Clock; requirement: Requirement },
): void {
  const model = provider.RefreshToken

  const find = async (token: string): Promise<RefreshToken | undefined> => {
    const familyId = familyOf(token)
    if (familyId === undefined) return undefined
    const found = await data.read(protocol, ({ refreshFamilies }) => refreshFamilies.find(familyId))
    if (found === undefined || !isHonoured(found.facts)) return undefined
    const { family, facts } = found
    const proofs = proofsIn(family.payload)
    const requirements = [requirement, ...requirementsOf(facts.membership === undefined ? [] : [facts.membership])]
    if (!isStillEnough(proofs, requirements, clock())) return undefined
    if (isVoid(proofs, family.payload, facts.user) && !(await isForAbsenceOf(family.clientId, facts))) return undefined
    const state = currentState()
    if (state !== undefined) state.grantFacts = found.facts
    const refreshing = currentContext()?.oidc.route === 'token'
    if (refreshing)
      assertSameTab(currentContext()?.oidc.params ?? {}, {
        workspaceId: found.facts.grant.workspaceId,
        sid: found.family.payload['sid'],
      })

    const standing = standingOf(found.family, token, clock())
    const spent = standing.kind === 'reused' || (standing.kind === 'grace' && !refreshing)
    if (standing.kind === 'grace' && refreshing && state !== undefined) state.graceSuccessor = standing.successor
    // The payload is what `keepable` below took out of such a token.
    return new model({
      ...found.family.payload,
      jti: token,
      exp: Math.floor(found.family.expiresAt.getTime() / 1000),
      ...(spent ? { consumed: true } : {}),
    } as unknown as ConstructorParameters<typeof model>[0])
  }
  Object.assign(model, { find })

  model.prototype.save = async function save(this: RefreshToken) {
    const state = currentState()
    const { RotatedRefreshToken: replaced, AuthorizationCode, DeviceCode } = currentContext()?.oidc.entities ?? {}
    // What the sign-in proved, and where, goes along with every token of its chain.
    const source = replaced ?? AuthorizationCode ?? DeviceCode ?? {}
    for (const name of ['proofs', 'browser']) Object.assign(this, { [name]: Reflect.get(source, name) })
    if (replaced === undefined) return create(this)
    if (state?.graceSuccessor === undefined) return rotate(this, replaced.jti)
    // The successor is the winner's, and lives as long as that one does.
    Object.assign(this, { jti: state.graceSuccessor, exp: replaced.exp })
    return state.graceSuccessor
  }

  // Replacing is what consumes; see save. And whoever destroys a refresh token revokes its grant next, which ends the family.
  model.prototype.consume = async function consume() {}
  model.prototype.destroy = async function destroy() {}

  /** Whether it lives on without the session, as it does where somebody signs out. */
  async function isForAbsenceOf(clientId: string, { grant }: GrantFacts): Promise<boolean> {
    const client = await provider.Client.find(clientId)
    return client !== undefined && isForAbsence(appOf(client).firstParty, scopeOf(grant.payload['openid']))
  }

  function keepable(refreshToken: RefreshToken): { payload: Record<string, unknown>; expiresAt: Date } {
    const iat = Math.floor(clock().getTime() / 1000)
    const exp = iat + refreshToken.expiration
    const members = model.IN_PAYLOAD.filter(name => name !== 'jti' && name !== 'consumed')
    const payload = Object.fromEntries(members.map(name => [name, Reflect.get(refreshToken, name)]))
    return { payload: { ...payload, iat, exp }, expiresAt: new Date(exp * 1000) }
  }

  async function create(refreshToken: RefreshToken): Promise<string> {
    const token = newRefreshToken()
    const { grantId, accountId, clientId } = refreshToken
    const familyId = familyOf(token)
    if (grantId === undefined || accountId === undefined || clientId === undefined || familyId === undefined) {
      throw new Error('a refresh token names its grant, its account and its client')
    }
    const { payload, expiresAt } = keepable(refreshToken)
    Object.assign(refreshToken, { jti: token, exp: Math.floor(expiresAt.getTime() / 1000) })
    const issued = currentContext()?.oidc.entities.AccessToken
    const family: RefreshFamilyRecord = {
      id: familyId,
      grantId,
      userId: accountId,
      clientId,
      currentHash: hashSecret(token),
      previousHash: undefined,
      successor: undefined,
      rotatedAt: undefined,
      payload,
      createdAt: clock(),
      expiresAt,
    }
    const event: AuditEvent = {
      action: 'token.issued',
      userId: accountId,
      workspaceId: currentState()?.grantFacts?.grant.workspaceId,
      client_id: clientId,
      grant_type: refreshToken.gty ?? '',
      scope: issued?.scope ?? '',
      token_id: issued?.jti ?? '',
    }
    await data.scoped(protocol, repositories =>
      Promise.all([
        repositories.refreshFamilies.create(family),
        recordEvent(repositories, event, circumstancesOf({ kind: 'app', clientId }, clock)),
      ]),
    )
    const state = currentState()
    if (state !== undefined) state.issueRecorded = true
    return token
  }

  async function rotate(refreshToken: RefreshToken, replaced: string): Promise<string> {
    const familyId = familyOf(replaced)
    const { accountId, clientId, scope } = refreshToken
    const state = currentState()
    if (familyId === undefined || accountId === undefined || clientId === undefined || state === undefined) {
      throw new Error('a rotation happens in a request, with a token that was found')
    }
    const successor = newRefreshToken(familyId)
    const { payload, expiresAt } = keepable(refreshToken)
    Object.assign(refreshToken, { jti: successor, exp: Math.floor(expiresAt.getTime() / 1000) })
    const tokenId = newId()
    state.accessTokenId = tokenId
    const next = {
      currentHash: hashSecret(successor),
      successor: sealSuccessor(successor, replaced),
      rotatedAt: clock(),
      payload,
      expiresAt,
    }
    const event: AuditEvent = {
      action: 'refresh-token.rotated',
      userId: accountId,
      workspaceId: state.grantFacts?.grant.workspaceId,
      client_id: clientId,
      scope: scope ?? '',
      token_id: tokenId,
    }
    try {
      // Together, so that they travel together; where the race is lost, the event is undone with the rest.
      await data.scoped(protocol, repositories =>
        Promise.all([
          repositories.refreshFamilies.rotate(familyId, hashSecret(replaced), next),
          recordEvent(repositories, event, circumstancesOf({ kind: 'app', clientId }, clock)),
        ]),
      )
      state.issueRecorded = true
      return successor
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    }

    // Another request with the same token was faster by less than this one took: its successor is ours too.
    const found = await data.read(protocol, ({ refreshFamilies }) => refreshFamilies.find(familyId))
    const standing = found === undefined ? undefined : standingOf(found.family, replaced, clock())
    if (standing?.kind !== 'grace') throw new errors.InvalidGrant('refresh token was replaced')
    refreshToken.jti = standing.successor
    return standing.successor
  }
}

/** A refresh that names a workspace or session other than its token's would wake a tab up as somebody else. */
function assertSameTab(named: Record<string, unknown>, held: { workspaceId: string | undefined; sid: unknown }): void {
  if (named['workspace'] !== undefined && named['workspace'] !== held.workspaceId)
    throw new errors.InvalidGrant('the token is for another workspace')
  if (named['sid'] !== undefined && named['sid'] !== held.sid) throw new errors.InvalidGrant('the token is of another session')
}

/** What was proved at the sign-in. */
function proofsIn(payload: Record<string, unknown>): Proof[] {
  const { amr, authTime, proofs: kept } = payload
  const userId = String(payload['accountId'])
  return Array.isArray(kept)
    ? proofsOf({ accountId: userId, proofs: kept })
    : [proofOfSignIn({ userId, amr, authTimeSeconds: Number(authTime) })]
}

/** Whether its person has made void since what its tokens tell of: they took a way in away, say, that somebody else had used. */
function isVoid(proofs: readonly Proof[], { browser }: Record<string, unknown>, user: Pick<UserRecord, 'proofsFrom'>): boolean {
  const browserHash = typeof browser === 'string' ? Buffer.from(browser, 'base64url') : undefined
  return withoutVoid(proofs, user, browserHash).length < proofs.length
}

/** Asks the gate whether what was proved at the sign-in is enough for what is required now. */
function isStillEnough(proofs: readonly Proof[], requirements: readonly Requirement[], now: Date): boolean {
  const request = { acrValues: [], maxAgeSeconds: undefined }
  const decision = decide({
    proofs,
    enrolments: [],
    request,
    requirements,
    now: Math.floor(now.getTime() / 1000),
  })
  return decision.kind === 'satisfied'
}
