import type { MembershipFacts } from '../ports/workspace-records.ts'

/** Where an authorization request is going to be answered for. */
export type WorkspaceChoice =
  /** For an app of our own that works in none. */
  | { kind: 'unneeded' }
  | { kind: 'chosen'; workspaceId: string }
  /** To be made on the page. */
  | { kind: 'open' }
  /** The request names one where the person is no member, or that is closed, or that does not exist: nobody is told which. */
  | { kind: 'refused' }
  /** They have none, or none that is open. */
  | { kind: 'none' }

/** What is known of a person's workspaces in an authorization request. */
export interface WorkspaceStanding {
  choice: WorkspaceChoice
  /** Those whose requirements the sign-in has to meet. */
  concerned: readonly MembershipFacts[]
}
