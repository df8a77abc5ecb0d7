import type { Actor } from '../kernel/access-mode.ts'
import type { Level } from '../policy/levels.ts'
import type { ApiKeyFacts } from '../ports/api-repositories.ts'
import type { UserRecord } from '../ports/records.ts'
import type { GrantRecord } from '../ports/session-records.ts'
import type { MembershipFacts, WorkspaceRecord } from '../ports/workspace-records.ts'

/** In which workspace a caller is, and what it is there. */
export interface CallerWorkspace {
  record: WorkspaceRecord
  /** Of the caller, or of whoever made the key. */
  membership: MembershipFacts
}

/** Who calls the API: a person by an access token, a key of a workspace, or an app of the operator's. */
export type Caller =
  | {
      kind: 'user'
      user: UserRecord
      grant: GrantRecord
      workspace: CallerWorkspace | undefined
      authTimeSeconds: number
      /** What the token says that its person had shown. */
      level: Level | undefined
    }
  | { kind: 'api-key'; facts: ApiKeyFacts; workspace: CallerWorkspace }
  | { kind: 'system-app'; clientId: string }

export function actorOf(caller: Caller): Actor {
  switch (caller.kind) {
    case 'user':
      return { kind: 'user', userId: caller.user.id }
    case 'api-key':
      return { kind: 'api-key', apiKeyId: caller.facts.id }
    case 'system-app':
      return { kind: 'app', clientId: caller.clientId }
  }
}
