/** What a workspace requires of everybody who signs in for it. */
export interface WorkspaceRequirement {
  level: 'none' | 'any-second-factor' | 'phishing-resistant'
  /** Until then people are asked to get ready, and let in as they are. Undefined: from the beginning. */
  from: Date | undefined
  /** The models of authenticators (AAGUID) whose passkeys count; undefined: all of them. */
  authenticators: string[] | undefined
}

/** What a requirement may ask for, beside nothing. */
export type RequiredFactor = Exclude<WorkspaceRequirement['level'], 'none'>

/** Members are told, so many days before, what their workspace will require of them. */
export interface RequirementReminder {
  workspaceId: string
  level: RequiredFactor
  from: Date
  days: number
}

/** A member whom such a mail goes to, at their primary address. */
export interface ReminderRecipient {
  userId: string
  address: string
  locale: string
  joinedAt: Date
}

/** A tenant. */
export interface WorkspaceRecord {
  id: string
  /** Unique over the installation; lower-case letters, digits and hyphens. It stands in tokens and addresses, and stays. */
  slug: string
  name: string
  personal: boolean
  /** Nobody signs in for a suspended one. */
  status: 'active' | 'suspended'
  /** The name of a plan of the configuration. */
  plan: string
  requirement: WorkspaceRequirement
  /** When it will be deleted, where somebody has asked for that. Nobody signs in for it from the asking on. */
  deletionDueAt: Date | undefined
  createdAt: Date
  /** Goes up with every change: what an update says that it has seen. */
  version: number
}

/** A user's membership of a workspace, with what a list of members shows of the user. */
export interface MemberRecord {
  workspaceId: string
  userId: string
  /** The primary address; personal data. */
  address: string
  name: string | undefined
  /** Keys of roles, built-in or custom. */
  roles: string[]
  /** Whether a passkey or a generator of codes is enrolled. */
  hasFactors: boolean
  hasPasskey: boolean
  joinedAt: Date
  version: number
}

/** A role of a workspace's own: a named set of permissions. */
export interface RoleRecord {
  workspaceId: string
  /** Lower-case letters, digits and hyphens; it stands in tokens, and stays. */
  key: string
  name: string
  permissions: string[]
  createdAt: Date
  version: number
}

/** Bound to an address, a workspace and roles; good once. */
export interface InvitationRecord {
  id: string
  workspaceId: string
  /** In normal form; personal data. */
  address: string
  roles: string[]
  tokenHash: Buffer
  /** The user who invited, if it was one. */
  invitedBy: string | undefined
  createdAt: Date
  expiresAt: Date
  acceptedAt: Date | undefined
  acceptedBy: string | undefined
  revokedAt: Date | undefined
}

/**
 * A pass that stands for the factors that an admin of that workspace has reset. It stays when it was used, or its time is over: until
 * something is enrolled again, a mailbox alone does not lead in.
 */
export interface AccessPassRecord {
  workspaceId: string
  userId: string
  /** Keyed hash, bound to the user. */
  passHash: Buffer
  createdAt: Date
  expiresAt: Date
  usedAt: Date | undefined
}

/** What of a membership decides about a token. */
export interface MembershipFacts {
  workspaceId: string
  slug: string
  roles: string[]
  /** The permissions of those of the roles that are the workspace's own. */
  customPermissions: string[]
  requirement: WorkspaceRequirement
  /** False where the workspace is suspended or about to be deleted. */
  open: boolean
}
