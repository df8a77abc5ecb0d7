import type { PageRequest } from './workspace-repositories.ts'
import type { MembershipFacts } from './workspace-records.ts'

/** A key with which a program calls the management API for one workspace. Its secret is kept as a hash alone. */
export interface ApiKeyRecord {
  workspaceId: string
  id: string
  name: string
  /** What it may do, as far as whoever made it may do that still. */
  permissions: string[]
  /** The member who made it; it goes with their membership. */
  createdBy: string
  createdAt: Date
  expiresAt: Date
  /** To an hour. */
  lastUsedAt: Date | undefined
}

/** What decides whether a key is good, and for what, read together. */
export interface ApiKeyFacts extends Omit<ApiKeyRecord, 'name'> {
  secretHash: Buffer
  /** Of whoever made it. */
  membership: MembershipFacts
  creatorStatus: 'active' | 'suspended'
}

export interface ApiKeyRepository {
  create(key: Omit<ApiKeyRecord, 'lastUsedAt'> & { secretHash: Buffer }): Promise<void>
  /** Of whichever workspace: a request names the key, and the key the workspace. */
  findFacts(keyId: string): Promise<ApiKeyFacts | undefined>
  find(workspaceId: string, keyId: string): Promise<ApiKeyRecord | undefined>
  /** Oldest first, expired ones too. */
  list(workspaceId: string, page: PageRequest): Promise<ApiKeyRecord[]>
  count(workspaceId: string): Promise<number>
  recordUse(keyId: string, moment: Date): Promise<boolean>
  delete(workspaceId: string, keyId: string): Promise<boolean>
  deleteExpired(moment: Date, limit: number): Promise<number>
}

/** What the API answered to a request that carried an idempotency key. */
export interface KeptAnswer {
  /** Names caller, route and key: a hash, as text. */
  keyHash: string
  /** SHA-256 of what was asked for. */
  fingerprint: Buffer
  /** May hold a secret that was shown once; kept sealed. */
  answer: string
  expiresAt: Date
}

export interface ApiAnswerRepository {
  /** Holds the one lock for a key until the end of the transaction; false where somebody else has it. */
  lock(keyHash: string): Promise<boolean>
  find(keyHash: string, moment: Date): Promise<KeptAnswer | undefined>
  /** As the scope's own: a workspace's, a person's, or the installation's. */
  keep(kept: KeptAnswer): Promise<void>
  deleteExpired(moment: Date, limit: number): Promise<number>
}
