import type {
  InvitationRecord,
  MemberRecord,
  MembershipFacts,
  ReminderRecipient,
  RequiredFactor,
  RequirementReminder,
  RoleRecord,
  WorkspaceRecord,
  WorkspaceRequirement,
} from './workspace-records.ts'

/** Where a page of a list ended: the moment and the id of its last row, which the list is ordered by. */
export interface PagePosition {
  moment: Date
  id: string
}

/** A page of a list: what comes after `after` in its order, at most `limit`. */
export interface PageRequest {
  after: PagePosition | undefined
  limit: number
}

/** Changes take the `version` that was seen, where one is given, and answer false where there is another one by now, or nothing at all. */
export interface WorkspaceRepository {
  /** Creates the workspace with its data key. Rejects with AppError `conflict` where the slug is taken. */
  create(workspace: { id: string; slug: string; name: string; personal: boolean; plan?: string; createdAt: Date }): Promise<void>
  findById(workspaceId: string): Promise<WorkspaceRecord | undefined>
  findBySlug(slug: string): Promise<WorkspaceRecord | undefined>
  /**
   * Has those who would change who is a member, or what they may, wait until this transaction is over, and see what it did: for
   * what depends on the others, such as the last Admin.
   */
  lock(workspaceId: string): Promise<void>
  rename(workspaceId: string, name: string, version?: number): Promise<boolean>
  changeStatus(workspaceId: string, status: WorkspaceRecord['status'], version?: number): Promise<boolean>
  changePlan(workspaceId: string, plan: string, version?: number): Promise<boolean>
  changeRequirement(workspaceId: string, requirement: WorkspaceRequirement, version?: number): Promise<boolean>
  /** Undefined takes it back. */
  scheduleDeletion(workspaceId: string, dueAt: Date | undefined, version?: number): Promise<boolean>
  /** The ids of at most `limit` workspaces that are due to be deleted, those included of which something is left. */
  listDueForDeletion(moment: Date, limit: number): Promise<string[]>
  /**
   * Takes it from everybody, for good: its data key is kept apart from then on, for the system to open its log with. False where that
   * was done before, or there is no such workspace.
   */
  delete(workspaceId: string, moment: Date): Promise<boolean>
  /** Deletes a batch of what is left of a deleted workspace, and at last the workspace. False where something is left still. */
  deleteRemains(workspaceId: string, limit: number): Promise<boolean>
  /** Oldest first. */
  list(page: PageRequest): Promise<WorkspaceRecord[]>
  /** Adds a member. Rejects with AppError `conflict` where they are one already. */
  addMember(member: { workspaceId: string; userId: string; roles: string[]; createdAt: Date }): Promise<void>
  /** The workspaces of a user, oldest membership first, each with the user's roles there. */
  listForUser(userId: string): Promise<Array<WorkspaceRecord & { roles: string[] }>>
  /** The same without what has to be opened: all that decides about tokens. */
  listMembershipFacts(userId: string): Promise<MembershipFacts[]>
}

/** The logs of workspaces that are no more. */
export interface DeletedWorkspaceRepository {
  /** At most `limit` of those that were deleted before `moment`, oldest first. */
  listDeletedBefore(moment: Date, limit: number): Promise<string[]>
  /** Empties what opens the next `limit` events at most of its log; answers how many were passed over, and how many said something. */
  emptyEvents(workspaceId: string, limit: number): Promise<{ passed: number; emptied: number }>
  /** Destroys the key that opened its log. True for the one caller who did. */
  destroyKey(workspaceId: string): Promise<boolean>
}

export interface MemberRepository {
  find(workspaceId: string, userId: string): Promise<MemberRecord | undefined>
  /** By any verified address of theirs, in normal form. */
  findByAddress(workspaceId: string, address: string): Promise<MemberRecord | undefined>
  /** Oldest membership first. */
  list(workspaceId: string, page: PageRequest): Promise<MemberRecord[]>
  count(workspaceId: string): Promise<number>
  /** Those who have enrolled nothing that meets such a requirement, oldest membership first. */
  listLacking(workspaceId: string, factor: RequiredFactor, page: PageRequest): Promise<MemberRecord[]>
  countLacking(workspaceId: string, factor: RequiredFactor): Promise<number>
  /** How many hold the role. */
  countHolders(workspaceId: string, role: string): Promise<number>
  /** Whether somebody else than this user holds the role who has not asked for their account to be deleted. */
  isHeldByAnother(workspaceId: string, role: string, userId: string): Promise<boolean>
  changeRoles(workspaceId: string, userId: string, roles: string[], version?: number): Promise<boolean>
  remove(workspaceId: string, userId: string, moment: Date): Promise<boolean>
}

/** The first set-up of an installation: one for as long as the installation lives. */
export interface FirstSetUpRepository {
  /**
   * Answers the token of its link, the same each time, and whether it is the first time; undefined where set-up is closed. A workspace
   * that there is, or was, closes it now: only those of one person each do not.
   */
  open(moment: Date): Promise<{ token: string; isFirst: boolean } | undefined>
  isOpen(tokenHash: Buffer): Promise<boolean>
  /** Whoever verifies the address (in normal form) may have an account, until set-up is closed. False where it is. */
  awaitAddress(tokenHash: Buffer, address: string): Promise<boolean>
  isAwaited(address: string): Promise<boolean>
  /** Closes it for good. True for the one caller who did so with the link. */
  use(tokenHash: Buffer, moment: Date): Promise<boolean>
  /** The first workspace has been founded, by the link or otherwise: closes it for good. */
  recordFounding(workspaceId: string, moment: Date): Promise<void>
  /** The id of the workspace that was founded by this link. */
  findFounded(tokenHash: Buffer): Promise<string | undefined>
}

/** Which members of a workspace have been reminded of what it will require from a date on. */
export interface RequirementReminderRepository {
  /** Workspaces that are open and whose requirement begins after `after`, at `until` at the latest, where not everybody has been. */
  listDue(due: { days: number; after: Date; until: Date; limit: number }): Promise<Array<Omit<RequirementReminder, 'days'>>>
  /**
   * How far this reminder has come; whoever else takes it waits until this transaction is over. Undefined where everybody has been
   * reminded.
   */
  take(reminder: RequirementReminder): Promise<{ reached: PageRequest['after'] } | undefined>
  /** Those of a page of members whom the requirement will stop, oldest membership first: what they have enrolled does not meet it. */
  listRecipients(workspaceId: string, requirement: WorkspaceRequirement, page: PageRequest): Promise<ReminderRecipient[]>
  /** Keeps who was reached last, or that it was everybody. */
  advance(reminder: RequirementReminder, progress: { reached: PageRequest['after'] } | { finishedAt: Date }): Promise<void>
}

export interface RoleRepository {
  /** By key. */
  list(workspaceId: string): Promise<RoleRecord[]>
  find(workspaceId: string, key: string): Promise<RoleRecord | undefined>
  /** Rejects with AppError `conflict` where there is one with the key already. */
  create(role: Omit<RoleRecord, 'version'>): Promise<void>
  change(workspaceId: string, key: string, changes: Pick<RoleRecord, 'name' | 'permissions'>, version?: number): Promise<boolean>
  delete(workspaceId: string, key: string): Promise<boolean>
}

export interface InvitationRepository {
  /** In place of an open one for the same address. */
  replace(invitation: Omit<InvitationRecord, 'acceptedAt' | 'acceptedBy' | 'revokedAt'>): Promise<void>
  find(workspaceId: string, invitationId: string): Promise<InvitationRecord | undefined>
  findByTokenHash(tokenHash: Buffer): Promise<InvitationRecord | undefined>
  /** The one to an address, in normal form, that can still be accepted. */
  findOpen(workspaceId: string, address: string, moment: Date): Promise<InvitationRecord | undefined>
  /** Those that can still be accepted, oldest first. */
  listOpen(workspaceId: string, moment: Date, page: PageRequest): Promise<InvitationRecord[]>
  /** Those that can still be accepted by somebody's verified addresses, whichever workspace they are for. */
  listOpenForUser(userId: string, moment: Date): Promise<InvitationRecord[]>
  /** Whether there is one for the address, in normal form, that can still be accepted, to a workspace that is open. */
  isInvited(address: string, moment: Date): Promise<boolean>
  /** Marks it accepted. True for the one caller who did so in time. */
  accept(workspaceId: string, invitationId: string, userId: string, moment: Date): Promise<boolean>
  /** Marks it revoked. False where it was accepted or revoked already. */
  revoke(workspaceId: string, invitationId: string, moment: Date): Promise<boolean>
  /** How many that can still be accepted name the role. */
  countWithRole(workspaceId: string, role: string, moment: Date): Promise<number>
  deleteExpired(moment: Date, limit: number): Promise<number>
}
