import { randomBytes } from 'node:crypto'
import type { AccessMode } from '../../provider/kernel/access-mode.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { newSecret } from '../../provider/kernel/secrets.ts'
import type { Data } from '../../provider/ports/data.ts'
import type {
  AddressClaimRecord,
  AppRecord,
  AttemptRecord,
  AuditEventRecord,
  EmailChallengeRecord,
  PasskeyRecord,
  SigningKeyRecord,
  TotpDeviceRecord,
  UpstreamIdentityRecord,
} from '../../provider/ports/records.ts'
import type { ConsentRecord, GrantRecord, RefreshFamilyRecord, SessionRecord } from '../../provider/ports/session-records.ts'
import type { InvitationRecord, RoleRecord } from '../../provider/ports/workspace-records.ts'

export const asSystem: AccessMode = { kind: 'system', reason: 'protocol' }

/** As what runs by itself: which deletes, and nobody else does. */
export const asJob = { kind: 'system', reason: 'job' } as const satisfies AccessMode

export function asUser(userId: string): Extract<AccessMode, { kind: 'self' }> {
  return { kind: 'self', userId }
}

export function asWorkspace(workspaceId: string): Extract<AccessMode, { kind: 'workspace' }> {
  return { kind: 'workspace', workspaceId, actor: { kind: 'system', reason: 'job' } }
}

/** Records of durable state in which everything that may be undefined is defined; a test overrides what it is about. */

export const noon = new Date('2030-01-02T12:00:00.123Z')
export const anHourLater = new Date(noon.getTime() + 3_600_000)
export const anHourEarlier = new Date(noon.getTime() - 3_600_000)

export const newHash = () => randomBytes(32)

export function newAddress(): string {
  return `${newSecret().toLowerCase()}@example.com`
}

export function anApp(changes: Partial<AppRecord> = {}): AppRecord {
  return {
    clientId: `app-${newSecret()}`,
    secretHash: newHash(),
    metadata: { client_name: 'An app', redirect_uris: ['https://app.example.com/callback'] },
    source: 'api',
    createdAt: noon,
    ...changes,
  }
}

export function anAttempt(changes: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    id: newId(),
    interactionUid: newSecret(),
    browserHash: newHash(),
    clientId: 'an-app',
    state: 'open',
    method: 'email',
    address: 'ada@example.com',
    userId: newId(),
    proofs: [{ method: 'email', subject: { kind: 'address', address: 'ada@example.com' }, factors: ['email'], at: 1893585600 }],
    request: { client_id: 'an-app', login_hint: 'ada@example.com', scope: 'openid' },
    device: 'Firefox on Linux',
    ip: '2001:db8::1',
    locale: 'de',
    createdAt: noon,
    expiresAt: anHourLater,
    ...changes,
  }
}

export function aChallenge(attemptId: string, changes: Partial<EmailChallengeRecord> = {}): EmailChallengeRecord {
  return {
    id: newId(),
    attemptId,
    tokenHash: newHash(),
    codeHash: newHash(),
    tries: 0,
    createdAt: noon,
    expiresAt: anHourLater,
    consumedAt: undefined,
    voidedAt: undefined,
    ...changes,
  }
}

export function aSession(userId: string, changes: Partial<SessionRecord> = {}): SessionRecord {
  return {
    uid: newSecret(),
    idHash: newHash(),
    userId,
    payload: { kind: 'Session', accountId: userId, authorizations: { 'an-app': { sid: 'abc' } } },
    device: 'Safari on macOS',
    ip: '192.0.2.1',
    place: 'Bern, Switzerland',
    createdAt: noon,
    lastUsedAt: noon,
    expiresAt: anHourLater,
    ...changes,
  }
}

export function aGrant(userId: string, changes: Partial<GrantRecord> = {}): GrantRecord {
  return {
    id: newSecret(),
    userId,
    workspaceId: undefined,
    clientId: 'an-app',
    sessionUid: newSecret(),
    payload: { kind: 'Grant', openid: { scope: 'openid email' } },
    createdAt: noon,
    expiresAt: anHourLater,
    ...changes,
  }
}

export function aConsent(userId: string, clientId: string): ConsentRecord {
  return { userId, clientId, allowed: { scopes: ['openid'], claims: ['email'], resources: {} }, givenAt: noon }
}

export function aPasskey(userId: string, changes: Partial<PasskeyRecord> = {}): PasskeyRecord {
  return {
    id: newId(),
    userId,
    credentialId: newHash(),
    publicKey: newHash(),
    signCount: 0,
    rpId: 'login.example.com',
    aaguid: 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4',
    attested: false,
    transports: ['internal', 'hybrid'],
    backupEligible: true,
    backedUp: true,
    name: `Phone ${newSecret()}`,
    createdAt: noon,
    lastUsedAt: anHourLater,
    ...changes,
  }
}

export function aTotpDevice(userId: string, changes: Partial<TotpDeviceRecord> = {}): TotpDeviceRecord {
  return {
    id: newId(),
    userId,
    secret: randomBytes(20),
    name: `App ${newSecret()}`,
    lastStep: 63_119_520,
    createdAt: noon,
    lastUsedAt: anHourLater,
    ...changes,
  }
}

export function anUpstreamIdentity(userId: string, changes: Partial<UpstreamIdentityRecord> = {}): UpstreamIdentityRecord {
  return {
    id: newId(),
    userId,
    connection: 'microsoft',
    issuer: 'https://login.example.com/v2.0',
    subject: newSecret(),
    address: newAddress(),
    pinned: { tid: newSecret(), oid: newSecret() },
    createdAt: noon,
    lastUsedAt: noon,
    ...changes,
  }
}

export function anAddressClaim(userId: string, changes: Partial<AddressClaimRecord> = {}): AddressClaimRecord {
  return {
    id: newId(),
    userId,
    address: newAddress(),
    codeHash: newHash(),
    tries: 0,
    createdAt: noon,
    expiresAt: anHourLater,
    ...changes,
  }
}

export function aRole(workspaceId: string, changes: Partial<RoleRecord> = {}): Omit<RoleRecord, 'version'> {
  return {
    workspaceId,
    key: `role-${randomBytes(8).toString('hex')}`,
    name: 'Bookkeeper',
    permissions: ['workspace.read', 'members.read'],
    createdAt: noon,
    ...changes,
  }
}

type NewInvitation = Omit<InvitationRecord, 'acceptedAt' | 'acceptedBy' | 'revokedAt'>

export function anInvitation(workspaceId: string, changes: Partial<NewInvitation> = {}): NewInvitation {
  return {
    id: newId(),
    workspaceId,
    address: newAddress(),
    roles: ['viewer'],
    tokenHash: newHash(),
    invitedBy: newId(),
    createdAt: noon,
    expiresAt: anHourLater,
    ...changes,
  }
}

export function anAccessPass(workspaceId: string, userId: string) {
  return { workspaceId, userId, passHash: newHash(), createdAt: noon, expiresAt: anHourLater }
}

export function aRecoveryCode() {
  return { id: newId(), codeHash: newHash() }
}

export function aFamily(grant: GrantRecord, changes: Partial<RefreshFamilyRecord> = {}): RefreshFamilyRecord {
  return {
    id: randomBytes(16).toString('hex'),
    grantId: grant.id,
    userId: grant.userId,
    clientId: grant.clientId,
    currentHash: newHash(),
    previousHash: undefined,
    successor: undefined,
    rotatedAt: undefined,
    payload: { kind: 'RefreshToken', scope: 'openid' },
    createdAt: noon,
    expiresAt: anHourLater,
    ...changes,
  }
}

export function aSigningKey(changes: Partial<SigningKeyRecord> = {}): SigningKeyRecord {
  return {
    kid: newSecret(),
    algorithm: 'ES256',
    privateJwk: { kty: 'EC', crv: 'P-256', d: newSecret() },
    createdAt: noon,
    signsFrom: noon,
    retiresAt: undefined,
    ...changes,
  }
}

export function anEvent(changes: Partial<AuditEventRecord> = {}): AuditEventRecord {
  return {
    id: newId(),
    workspaceId: undefined,
    userId: undefined,
    action: 'session.created',
    occurredAt: noon,
    actor: 'system:job',
    target: undefined,
    commitments: { ip: newSecret() },
    disclosures: { ip: { salt: newSecret(), value: '192.0.2.1' } },
    ...changes,
  }
}

/** A new user, with the workspaces of which they are to be a member. */
export async function createUser(data: Data, ...workspaceIds: string[]): Promise<{ id: string; address: string }> {
  const id = newId()
  const address = newAddress()
  await data.scoped(asSystem, async ({ users, workspaces }) => {
    await users.create({ id, address, locale: 'en', createdAt: noon })
    for (const workspaceId of workspaceIds) {
      await workspaces.addMember({ workspaceId, userId: id, roles: ['Admin'], createdAt: noon })
    }
  })
  return { id, address }
}

export async function createWorkspace(data: Data): Promise<{ id: string; slug: string; name: string }> {
  const id = newId()
  const workspace = { id, slug: `w-${id}`, name: `Company ${newSecret()}` }
  await data.scoped(asSystem, ({ workspaces }) => workspaces.create({ ...workspace, personal: false, createdAt: noon }))
  return workspace
}
