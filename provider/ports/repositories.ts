import type {
  AccessPassRepository,
  AccountRepository,
  FactorFailureRepository,
  KnownBrowserRepository,
  PasskeyRepository,
  RecoveryCodeRepository,
  TotpDeviceRepository,
  UpstreamIdentityRepository,
} from './account-repositories.ts'
import type { ApiAnswerRepository, ApiKeyRepository } from './api-repositories.ts'
import type { AuditChainRepository, AuditCheckpointRepository, AuditLogRepository } from './audit-chain.ts'
import type { AuditEventRepository } from './audit-events.ts'
import type { AppRecord, AttemptRecord, EmailChallengeRecord, SigningKeyRecord, UserRecord, UserWithFactors } from './records.ts'
import type { ConsentRecord, GrantFacts, GrantRecord, RefreshFamilyRecord, SessionRecord } from './session-records.ts'
import type { DataKeyRepository } from './data-keys.ts'
import type { JobName, JobPayloads } from './jobs.ts'
import type {
  DeletedWorkspaceRepository,
  FirstSetUpRepository,
  InvitationRepository,
  MemberRepository,
  RequirementReminderRepository,
  RoleRepository,
  WorkspaceRepository,
} from './workspace-repositories.ts'

/**
 * All access to durable state, handed out by `Data.scoped` for the length of one transaction. Personal data goes in and comes
 * out as plain text; the adapter seals and opens it. Methods that look something up answer undefined where there is none, and
 * that includes whatever the access mode cannot see.
 */
export interface Repositories {
  users: UserRepository
  accounts: AccountRepository
  passkeys: PasskeyRepository
  totpDevices: TotpDeviceRepository
  recoveryCodes: RecoveryCodeRepository
  accessPasses: AccessPassRepository
  factorFailures: FactorFailureRepository
  upstreamIdentities: UpstreamIdentityRepository
  knownBrowsers: KnownBrowserRepository
  workspaces: WorkspaceRepository
  deletedWorkspaces: DeletedWorkspaceRepository
  members: MemberRepository
  roles: RoleRepository
  invitations: InvitationRepository
  firstSetUp: FirstSetUpRepository
  requirementReminders: RequirementReminderRepository
  apiKeys: ApiKeyRepository
  apiAnswers: ApiAnswerRepository
  apps: AppRepository
  attempts: AttemptRepository
  emailChallenges: EmailChallengeRepository
  codeFailures: CodeFailureRepository
  sessions: SessionRepository
  grants: GrantRepository
  consents: ConsentRepository
  refreshFamilies: RefreshFamilyRepository
  revokedAccessTokens: RevokedAccessTokenRepository
  signingKeys: SigningKeyRepository
  auditEvents: AuditEventRepository
  auditChain: AuditChainRepository
  auditCheckpoints: AuditCheckpointRepository
  auditLog: AuditLogRepository
  dataKeys: DataKeyRepository
  jobs: JobRepository
}

export interface UserRepository {
  findById(userId: string): Promise<UserRecord | undefined>
  findWithFactors(userId: string): Promise<UserWithFactors | undefined>
  /** By a verified address, in normal form. `vouchedBy`: the connection whose word is all that shows that this address is theirs. */
  findByAddress(address: string): Promise<(UserRecord & { vouchedBy: string | undefined }) | undefined>
  /**
   * Creates the user, their data key, and their first address, verified at `createdAt`, by our own mail or by a connection. Rejects
   * with AppError `conflict` where the address belongs to somebody already.
   */
  create(user: { id: string; address: string; locale: string; createdAt: Date; vouchedBy?: string }): Promise<void>
  /** The address was proved by our own mail. True for the one caller who was the first to do so after a connection had vouched for it. */
  confirmAddress(userId: string, address: string): Promise<boolean>
}

export interface AppRepository {
  find(clientId: string): Promise<AppRecord | undefined>
  list(): Promise<AppRecord[]>
  /** Rejects with AppError `conflict` where there is an app with the client id already. */
  insert(app: AppRecord): Promise<void>
  replace(app: Pick<AppRecord, 'clientId' | 'secretHash' | 'metadata'>): Promise<void>
  delete(clientId: string): Promise<void>
  /** Waits for, then holds until the end of the transaction, the one lock under which apps are registered. */
  lock(): Promise<void>
}

export type AttemptChanges = Partial<Pick<AttemptRecord, 'method' | 'address' | 'proofs' | 'userId'>>

export interface ChallengedAttempt {
  challenge: EmailChallengeRecord
  attempt: AttemptRecord
}

export interface AttemptRepository {
  create(attempt: AttemptRecord): Promise<void>
  find(attemptId: string): Promise<AttemptRecord | undefined>
  /** The newest attempt of an interaction. */
  findByInteraction(interactionUid: string): Promise<AttemptRecord | undefined>
  /** As `find` and `findByInteraction`. Whoever else wants to lock it waits until this transaction ends, and sees what it did. */
  lock(attemptId: string): Promise<AttemptRecord | undefined>
  lockByInteraction(interactionUid: string): Promise<AttemptRecord | undefined>
  /**
   * Moves the attempt from one state to another and stores what `changes` names. False where it was not in state `from`:
   * of several callers one moves it.
   */
  transition(
    attemptId: string,
    from: AttemptRecord['state'],
    to: AttemptRecord['state'],
    changes: AttemptChanges,
  ): Promise<boolean>
  /** The same where it has to be so: undoes the transaction with AppError `conflict` where it was not in state `from`. */
  move(attemptId: string, from: AttemptRecord['state'], to: AttemptRecord['state'], changes: AttemptChanges): Promise<void>
  /** Deletes at most `limit` attempts (with their challenges) that expired before `moment`; answers how many. */
  deleteExpired(moment: Date, limit: number): Promise<number>
}

export interface EmailChallengeRepository {
  /** The first challenge of an attempt that this transaction made. */
  createFirst(challenge: EmailChallengeRecord): Promise<void>
  /** Voids every open challenge of the same attempt, then inserts this one. */
  create(challenge: EmailChallengeRecord): Promise<void>
  /** The challenge that a link's token stands for, with its attempt. */
  findByTokenHash(tokenHash: Buffer): Promise<ChallengedAttempt | undefined>
  /** The same, and locks the attempt as `AttemptRepository.lock` does; only a change of the challenge tells whether it is open still. */
  lockByTokenHash(tokenHash: Buffer): Promise<ChallengedAttempt | undefined>
  /** The one open (neither consumed nor voided) challenge of an attempt. */
  findOpen(attemptId: string): Promise<EmailChallengeRecord | undefined>
  /** Adds one try of a code, right or wrong, and answers the new count, atomically. */
  countTry(challengeId: string): Promise<number>
  /** Marks it consumed. True for the one caller who did; false where it was consumed or voided already. */
  consume(challengeId: string, moment: Date): Promise<boolean>
}

/** Wrong codes in a row for an address, whether or not somebody has it. */
export interface CodeFailureRepository {
  count(address: string): Promise<number>
  /** Adds one and answers the new count, atomically. */
  increment(address: string, moment: Date): Promise<number>
  reset(address: string): Promise<void>
  /** Deletes at most `limit` counts below `failures` whose last wrong code was before `moment`; answers how many. */
  deleteOlderThan(moment: Date, failures: number, limit: number): Promise<number>
}

export interface SessionRepository {
  create(session: SessionRecord): Promise<void>
  /** Replaces by `uid`, `createdAt` and where it began aside. False where the session was ended meanwhile: it is never made again. */
  update(session: Pick<SessionRecord, 'uid' | 'userId' | 'idHash' | 'payload' | 'lastUsedAt' | 'expiresAt'>): Promise<boolean>
  findByIdHash(idHash: Buffer): Promise<SessionRecord | undefined>
  findByUid(uid: string): Promise<SessionRecord | undefined>
  delete(uid: string): Promise<void>
  listForUser(userId: string): Promise<SessionRecord[]>
  /** Deletes the one of a user's that is named, or all, or all but one; answers what was deleted. */
  deleteForUser(
    userId: string,
    which: { uid?: string | undefined; exceptUid?: string | undefined },
  ): Promise<Pick<SessionRecord, 'uid' | 'idHash'>[]>
  deleteExpired(moment: Date, limit: number): Promise<number>
}

export interface GrantRepository {
  upsert(grant: GrantRecord): Promise<void>
  /**
   * Everything that decides whether something may be issued under a grant, in one query: the grant, its user, the membership
   * that it names. With `accessTokenId`, undefined also where that token was revoked.
   */
  findFacts(grantId: string, accessTokenId?: string): Promise<GrantFacts | undefined>
  /** The same for where something is authorized: with whether their user has enrolled a factor. */
  findFactsWithFactors(grantId: string): Promise<GrantFacts<UserWithFactors> | undefined>
  /** Deletes the grant and its refresh family. */
  delete(grantId: string): Promise<void>
  /** A user's, newest first. */
  listForUser(userId: string): Promise<GrantRecord[]>
  /** Deletes those of one session, or of one app, or all; answers what was deleted. */
  deleteForUser(userId: string, which: { sessionUid?: string; clientId?: string }): Promise<GrantRecord[]>
  /** What apps hold for one membership, newest first. */
  listForMember(workspaceId: string, userId: string): Promise<GrantRecord[]>
  /** What was given for one membership; answers what was deleted. */
  deleteForMember(workspaceId: string, userId: string): Promise<GrantRecord[]>
  deleteExpired(moment: Date, limit: number): Promise<number>
}

/** One row for each person and app; it goes with either. */
export interface ConsentRepository {
  find(userId: string, clientId: string): Promise<ConsentRecord | undefined>
  /** Inserts or replaces. */
  upsert(consent: ConsentRecord): Promise<void>
  /** Most recently given first. */
  listForUser(userId: string): Promise<ConsentRecord[]>
  delete(userId: string, clientId: string): Promise<boolean>
}

/**
 * Refresh tokens: one row a family, so that a chain of any length keeps the number of rows and bytes. The row knows the hash of
 * the current token and of the one before, and the successor sealed under a key that only the old token yields.
 */
export interface RefreshFamilyRepository {
  /** Undoes the transaction with AppError `conflict` where the grant is gone, or another user's or app's. */
  create(family: RefreshFamilyRecord): Promise<void>
  /** The family with the facts of its grant, in one query. */
  find(familyId: string): Promise<{ family: RefreshFamilyRecord; facts: GrantFacts } | undefined>
  /**
   * Replaces the current token only where `expectedHash` is still current: of several callers one does, and the transactions
   * of the others are undone with AppError `conflict`.
   */
  rotate(
    familyId: string,
    expectedHash: Buffer,
    next: Pick<RefreshFamilyRecord, 'currentHash' | 'successor' | 'rotatedAt' | 'payload' | 'expiresAt'>,
  ): Promise<void>
  delete(familyId: string): Promise<void>
  /** A grant outlives many families: each code flow under it begins one. */
  deleteExpired(moment: Date, limit: number): Promise<number>
}

export interface RevokedAccessTokenRepository {
  /** Remembers a revoked JWT until it would have expired anyway. */
  add(tokenId: string, expiresAt: Date): Promise<void>
  has(tokenId: string): Promise<boolean>
  deleteExpired(moment: Date, limit: number): Promise<number>
}

export interface SigningKeyRepository {
  list(): Promise<SigningKeyRecord[]>
  insert(key: SigningKeyRecord): Promise<void>
  update(kid: string, changes: Partial<Pick<SigningKeyRecord, 'signsFrom' | 'retiresAt'>>): Promise<void>
  delete(kid: string): Promise<void>
  /** Waits for, then holds until the end of the transaction, the one lock under which keys are made and rotated. */
  lock(): Promise<void>
}

export interface JobRepository {
  /** Enqueued if and only if the transaction commits. */
  enqueue<Name extends JobName>(name: Name, payload: JobPayloads[Name]): Promise<void>
}
