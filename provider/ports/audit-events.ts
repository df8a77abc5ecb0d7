import type { Disclosure } from './audit-chain.ts'
import type { AuditEventRecord } from './records.ts'

/** What is looked for; what is left out may be anything. */
export interface AuditSearch {
  /** `kind:id`, as the event has it: `user:<id>`, `app:<client id>`, `system:<reason>`. */
  actor?: string | undefined
  action?: string | undefined
  /** `kind:id`, such as `session:<uid>` or `user:<id>`. */
  target?: string | undefined
  /** The person whom it concerns, whoever did it. */
  userId?: string | undefined
  /** From this moment on, and before that one. */
  from?: Date | undefined
  until?: Date | undefined
}

/** An event that was found; what opens its commitments may be gone. */
export type FoundEvent = Omit<AuditEventRecord, 'disclosures'> & { disclosure: Disclosure }

/** The last event of a page: the next page begins behind it, whatever is appended meanwhile. */
export interface AuditCursor {
  occurredAt: Date
  eventId: string
}

export interface AuditEventRepository {
  append(events: AuditEventRecord[]): Promise<void>
  /** The newest events of these actions that concern a person, opened; older than `before` where that is given. */
  listForUser(userId: string, actions: readonly string[], limit: number, before?: Date): Promise<AuditEventRecord[]>
  /** A workspace's log, newest first. */
  searchWorkspace(workspaceId: string, search: AuditSearch, limit: number, before?: AuditCursor): Promise<FoundEvent[]>
  /** What concerns a person and no workspace, newest first; the most frequent events (tokens and grants) are not among it. */
  searchUser(userId: string, search: Omit<AuditSearch, 'userId'>, limit: number, before?: AuditCursor): Promise<FoundEvent[]>
  /**
   * Empties what opens the commitments of events of these actions from before `moment`, going on where it last came to for this
   * class. Passes over at most `limit` events of any kind; answers how many, and how many of them said something.
   */
  emptyBefore(retained: {
    class: string
    actions: readonly string[]
    moment: Date
    limit: number
  }): Promise<{ passed: number; emptied: number }>
}
