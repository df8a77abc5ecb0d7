import type { Data } from '../../provider/ports/data.ts'
import type { FieldCipher } from '../../provider/ports/field-cipher.ts'
import type { JobRepository, Repositories } from '../../provider/ports/repositories.ts'
import type { SqlDatabase, SqlScope } from './database.ts'
import { enqueueJob } from './jobs.ts'
import { createAccessPassRepository } from './repositories/access-passes.ts'
import { createAccountRepository } from './repositories/accounts.ts'
import { createApiAnswerRepository } from './repositories/api-answers.ts'
import { createApiKeyRepository } from './repositories/api-keys.ts'
import { createAppRepository } from './repositories/apps.ts'
import { createAttemptRepository } from './repositories/attempts.ts'
import { createAuditChainRepository } from './repositories/audit-chain.ts'
import { createAuditCheckpointRepository } from './repositories/audit-checkpoints.ts'
import { createAuditEventRepository } from './repositories/audit-events.ts'
import { createAuditLogRepository } from './repositories/audit-log.ts'
import { createCodeFailureRepository } from './repositories/code-failures.ts'
import { createConsentRepository } from './repositories/consents.ts'
import { createDataKeyRepository } from './repositories/data-keys.ts'
import { createDeletedWorkspaceRepository } from './repositories/deleted-workspaces.ts'
import { createEmailChallengeRepository } from './repositories/email-challenges.ts'
import { createFactorFailureRepository } from './repositories/factor-failures.ts'
import { createFirstSetUpRepository } from './repositories/first-set-up.ts'
import { createGrantRepository } from './repositories/grants.ts'
import { createInvitationRepository } from './repositories/invitations.ts'
import { createKnownBrowserRepository } from './repositories/known-browsers.ts'
import { createMemberRepository } from './repositories/members.ts'
import { createPasskeyRepository } from './repositories/passkeys.ts'
import { createRecoveryCodeRepository } from './repositories/recovery-codes.ts'
import { createRefreshFamilyRepository } from './repositories/refresh-families.ts'
import { createRequirementReminderRepository } from './repositories/requirement-reminders.ts'
import { createRevokedAccessTokenRepository } from './repositories/revoked-access-tokens.ts'
import { createRoleRepository } from './repositories/roles.ts'
import { createSessionRepository } from './repositories/sessions.ts'
import { createSigningKeyRepository } from './repositories/signing-keys.ts'
import { createTotpDeviceRepository } from './repositories/totp-devices.ts'
import { createUpstreamIdentityRepository } from './repositories/upstream-identities.ts'
import { createUserRepository } from './repositories/users.ts'
import { createWorkspaceRepository } from './repositories/workspaces.ts'
import { createVault } from './vault.ts'

/**
 * Durable state on `database`, which is migrated already. What an access mode may see of a table is what its repository finds;
 * a table that a mode has no business with at all (protection.ts) rejects with AppError `forbidden`. Changes that answer nothing
 * travel with the next call that does, or with the commit; where one fails, `scoped` rejects. Calls that answer something and do
 * not build on one another are best made together, by `Promise.all`: they cost one round trip instead of one each.
 */
export function createSqlData(database: SqlDatabase, cipher: FieldCipher): Data {
  return {
    scoped: (mode, work) => database.transaction(mode, scope => work(createRepositories(scope, cipher))),
    read: (mode, work) => database.read(mode, scope => work(createRepositories(scope, cipher))),
    ping: () => database.ping(),
    close: () => database.close(),
  }
}

/** Each is made when it is asked for: most transactions use two or three. */
function createRepositories(scope: SqlScope, cipher: FieldCipher): Repositories {
  const vault = createVault(scope, cipher)
  return {
    get users() {
      return createUserRepository(scope, vault)
    },
    get accounts() {
      return createAccountRepository(scope, vault)
    },
    get passkeys() {
      return createPasskeyRepository(scope, vault)
    },
    get totpDevices() {
      return createTotpDeviceRepository(scope, vault)
    },
    get recoveryCodes() {
      return createRecoveryCodeRepository(scope)
    },
    get accessPasses() {
      return createAccessPassRepository(scope)
    },
    get factorFailures() {
      return createFactorFailureRepository(scope)
    },
    get upstreamIdentities() {
      return createUpstreamIdentityRepository(scope, vault)
    },
    get knownBrowsers() {
      return createKnownBrowserRepository(scope)
    },
    get workspaces() {
      return createWorkspaceRepository(scope, vault)
    },
    get deletedWorkspaces() {
      return createDeletedWorkspaceRepository(scope, vault)
    },
    get members() {
      return createMemberRepository(scope, vault)
    },
    get roles() {
      return createRoleRepository(scope)
    },
    get invitations() {
      return createInvitationRepository(scope, vault)
    },
    get firstSetUp() {
      return createFirstSetUpRepository(scope, vault)
    },
    get requirementReminders() {
      return createRequirementReminderRepository(scope, vault)
    },
    get apiKeys() {
      return createApiKeyRepository(scope, vault)
    },
    get apiAnswers() {
      return createApiAnswerRepository(scope, vault)
    },
    get apps() {
      return createAppRepository(scope)
    },
    get attempts() {
      return createAttemptRepository(scope, vault)
    },
    get emailChallenges() {
      return createEmailChallengeRepository(scope, vault)
    },
    get codeFailures() {
      return createCodeFailureRepository(scope, vault)
    },
    get sessions() {
      return createSessionRepository(scope, vault)
    },
    get grants() {
      return createGrantRepository(scope, vault)
    },
    get consents() {
      return createConsentRepository(scope)
    },
    get refreshFamilies() {
      return createRefreshFamilyRepository(scope, vault)
    },
    get revokedAccessTokens() {
      return createRevokedAccessTokenRepository(scope)
    },
    get signingKeys() {
      return createSigningKeyRepository(scope, vault)
    },
    get auditEvents() {
      return createAuditEventRepository(scope, vault)
    },
    get auditChain() {
      return createAuditChainRepository(scope)
    },
    get auditCheckpoints() {
      return createAuditCheckpointRepository(scope, vault)
    },
    get auditLog() {
      return createAuditLogRepository(scope, vault)
    },
    get dataKeys() {
      return createDataKeyRepository(scope, cipher.keyrings)
    },
    get jobs() {
      return createJobRepository(scope, cipher)
    },
  }
}

function createJobRepository(scope: SqlScope, cipher: FieldCipher): JobRepository {
  return { enqueue: (name, payload) => enqueueJob(scope, cipher, name, payload) }
}
