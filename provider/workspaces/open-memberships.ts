import type { MembershipFacts } from '../ports/workspace-records.ts'

/** The open one of somebody's workspaces that a request names, by id or by slug. Whoever is no member there names none. */
export function findNamed(memberships: readonly MembershipFacts[], name: string): MembershipFacts | undefined {
  const open = memberships.filter(membership => membership.open)
  // First by id: a slug may look like one.
  return open.find(({ workspaceId }) => workspaceId === name) ?? open.find(({ slug }) => slug === name)
}

/** The only workspace in which somebody can work; undefined where there are several, or none. */
export function findOnly(memberships: readonly MembershipFacts[]): MembershipFacts | undefined {
  const [only, another] = memberships.filter(membership => membership.open)
  return another === undefined ? only : undefined
}
