import type { MembershipFacts } from '../ports/workspace-records.ts'
import type { Requirement } from './gate.ts'
import { requirementOf } from './installation-requirement.ts'

/** What the workspaces concerned require, as the gate reads it. */
export function requirementsOf(concerned: ReadonlyArray<Pick<MembershipFacts, 'requirement'>>): Requirement[] {
  return concerned.map(({ requirement: { level, from, authenticators } }) =>
    requirementOf({ requiredLevel: level, requiredFrom: from, acceptedAuthenticators: authenticators }),
  )
}
