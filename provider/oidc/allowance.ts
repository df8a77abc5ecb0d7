import { errors, type Grant, type KoaContextWithOIDC } from 'oidc-provider'
import { z } from 'zod'
import type { ConsentRecord } from '../ports/session-records.ts'

const keptGrant = z.object({
  openid: z.object({ scope: z.string().default(''), claims: z.array(z.string()).default([]) }).prefault({}),
  resources: z.record(z.string(), z.string()).default({}),
})

/** What an app may have of a person: asked for by a request, given by a grant, or remembered of a consent. */
export type Allowance = ConsentRecord['allowed']

/** What the request asks for, as far as there is such a thing: scopes that a resource does not offer are passed over. */
export function requestedAllowance(ctx: KoaContextWithOIDC, issuer: string): Allowance {
  const { requestParamScopes, requestParamOIDCScopes, requestParamClaims } = ctx.oidc
  const resources = Object.entries(ctx.oidc.resourceServers ?? { [issuer]: undefined }).map(([identifier, server]) => {
    const offered = server?.scopes ?? requestParamOIDCScopes
    return [identifier, [...requestParamScopes].filter(scope => offered.has(scope))]
  })
  return {
    scopes: [...requestParamOIDCScopes],
    claims: [...requestParamClaims],
    resources: Object.fromEntries(resources),
  }
}

/**
 * Refuses at the beginning what could only end in a refusal: nobody is asked to sign in for nothing. A request without a scope fails
 * rather than be given one that was not asked for (RFC 6749 §3.3).
 */
export function assertSomeScope(ctx: KoaContextWithOIDC, issuer: string): void {
  const { scopes, resources } = requestedAllowance(ctx, issuer)
  if (scopes.length > 0 || Object.values(resources).some(each => each.length > 0)) return
  throw new errors.InvalidScope('scope names nothing that there is to ask for; openid signs somebody in', '')
}

/** What a grant gives, as oidc-provider keeps it. */
export function allowanceOf(payload: Readonly<Record<string, unknown>>): Allowance {
  const { openid, resources } = keptGrant.parse(payload)
  const listOf = (scope: string) => scope.split(' ').filter(each => each !== '')
  return {
    scopes: listOf(openid.scope),
    claims: openid.claims,
    resources: Object.fromEntries(Object.entries(resources).map(([identifier, scope]) => [identifier, listOf(scope)])),
  }
}

export function covers(allowed: Allowance, wanted: Allowance): boolean {
  return (
    includesAll(allowed.scopes, wanted.scopes) &&
    includesAll(allowed.claims, wanted.claims) &&
    Object.entries(wanted.resources).every(([identifier, scopes]) => includesAll(allowed.resources[identifier] ?? [], scopes))
  )
}

export function unite(one: Allowance, other: Allowance): Allowance {
  const identifiers = [...Object.keys(one.resources), ...Object.keys(other.resources)]
  return {
    scopes: union(one.scopes, other.scopes),
    claims: union(one.claims, other.claims),
    resources: Object.fromEntries(identifiers.map(each => [each, union(one.resources[each] ?? [], other.resources[each] ?? [])])),
  }
}

/** Puts it into a grant. */
export function give(grant: Grant, { scopes, claims, resources }: Allowance): void {
  grant.addOIDCScope(scopes.join(' '))
  grant.addOIDCClaims([...claims])
  for (const [identifier, granted] of Object.entries(resources)) grant.addResourceScope(identifier, granted.join(' '))
}

function includesAll(held: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every(each => held.includes(each))
}

function union(one: readonly string[], other: readonly string[]): string[] {
  return [...new Set([...one, ...other])]
}
