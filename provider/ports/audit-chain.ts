import type { AuditEventRecord } from './records.ts'

/** The chain of what concerns no workspace: the nil UUID (RFC 9562 §5.9), which no workspace has. */
export const installationChain = '00000000-0000-0000-0000-000000000000'

/** What of an event stands in its link: all but what opens its commitments. */
export type LinkedEvent = Omit<AuditEventRecord, 'workspaceId' | 'disclosures'>

/** An event that was committed and stands in no chain yet. */
export interface UnsealedEvent extends LinkedEvent {
  chainId: string
}

/** How far a chain goes. Position 0 and a link of zeros: nowhere yet. */
export interface ChainHead {
  chainId: string
  position: number
  link: Buffer
}

/** Where an event stands in its chain, and the hash that ties it to all before it. */
export interface ChainLink extends ChainHead {
  eventId: string
}

/** What opens the commitments of an event, or why it cannot be had. */
export type Disclosure =
  | { kind: 'open'; disclosures: AuditEventRecord['disclosures'] }
  /** Its time was over (retention). */
  | { kind: 'emptied' }
  /** Whoever's key it was sealed under has been erased. */
  | { kind: 'erased' }
  /** It was altered, or moved here from another event. */
  | { kind: 'broken' }

/** A link as it is kept, with its event as it is kept now; without, where that is gone. */
export interface ChainEntry extends ChainLink {
  /** The workspace's log that the event says it belongs to; undefined: the installation's. */
  event: (LinkedEvent & { workspaceId: string | undefined; disclosure: Disclosure }) | undefined
}

/** The head of a chain at a moment, signed: a compact JWS (RFC 7515). */
export interface CheckpointRecord {
  chainId: string
  position: number
  madeAt: Date
  signed: string
}

/** A key pair that signs checkpoints, sealed under the installation's key. */
export interface AuditKeyRecord {
  kid: string
  privateJwk: Record<string, unknown>
  createdAt: Date
}

export interface AuditChainRepository {
  /**
   * The oldest events that stand in no chain yet, at most `limit`. Holds the one lock under which chains grow until the end of the
   * transaction; undefined where somebody else has it.
   */
  takeUnsealed(limit: number): Promise<UnsealedEvent[] | undefined>
  /** Whether there may be something to take: a look without a lock. */
  hasUnsealed(): Promise<boolean>
  /** The heads of these chains, those that nothing stands in yet included; nobody else moves them until the end of the transaction. */
  lockHeads(chainIds: readonly string[]): Promise<ChainHead[]>
  /** Adds links, moves the heads, and counts the events as sealed. */
  append(links: readonly ChainLink[], heads: readonly ChainHead[]): Promise<void>
  /** How many events of a chain are not sealed yet. */
  countUnsealed(chainId: string): Promise<number>
}

export interface AuditCheckpointRepository {
  /** Waits for, then holds until the end of the transaction, the one lock under which keys and checkpoints are made. */
  lock(): Promise<void>
  /** Newest first. */
  listKeys(): Promise<AuditKeyRecord[]>
  insertKey(key: AuditKeyRecord): Promise<void>
  /** At most `limit` chains that have moved since their last checkpoint, nobody else's to see until the end of the transaction. */
  takeMoved(limit: number): Promise<ChainHead[]>
  /** Of each chain, the last one of each day is kept. */
  save(checkpoints: readonly CheckpointRecord[]): Promise<void>
  /** Those of a chain that are kept, oldest first. */
  list(chainId: string): Promise<CheckpointRecord[]>
}

/** Where a walk over all events has come to, and those it passed that stand in no chain and do not wait for it either. */
export interface StrayEvents {
  eventIds: string[]
  /** From where to go on; undefined: there are no more. */
  next: { occurredAt: Date; eventId: string } | undefined
}

/** The log as it lies there, for whoever checks it: page by page, so that its length is never in memory. */
export interface AuditLogRepository {
  /** The chains of workspaces, deleted ones too, by id; those after this one. */
  listWorkspaceChains(after: string | undefined, limit: number): Promise<ChainHead[]>
  findHead(chainId: string): Promise<ChainHead | undefined>
  /** The links behind a position, in order, with their events opened. */
  listEntries(chainId: string, afterPosition: number, limit: number): Promise<ChainEntry[]>
  /** Events of a chain that nobody wrote by the way that leads into it. */
  listStrays(chainId: string, after: StrayEvents['next'], limit: number): Promise<StrayEvents>
  /** At most `limit` events that were committed, and deleted before they were sealed. */
  listVanished(chainId: string, limit: number): Promise<string[]>
}
