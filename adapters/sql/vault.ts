import type { AccessMode } from '../../provider/kernel/access-mode.ts'
import type { BlindIndexPurpose, DataKey, FieldCipher } from '../../provider/ports/field-cipher.ts'
import type { SqlScope } from './database.ts'
import { prepare, queries } from './statement.ts'

/** The data keys of one transaction: each is loaded, where it has to be, under the transaction's own scope. */
export interface Vault {
  readonly installation: DataKey
  /** `wrapped` is the stored key, where the row at hand came with it: then nothing is asked. */
  userKey(userId: string, wrapped?: Buffer): Promise<DataKey>
  /** For a row of a list that came with the stored key: nothing is asked, and nothing kept. */
  userKeyOf(userId: string, wrapped: Buffer): DataKey
  workspaceKey(workspaceId: string, wrapped?: Buffer): Promise<DataKey>
  /** Makes a key for a new owner; answers what is to be stored. */
  createUserKey(userId: string): Promise<{ wrapped: Buffer; key: DataKey }>
  createWorkspaceKey(workspaceId: string): Promise<{ wrapped: Buffer; key: DataKey }>
  /** When their stored key is gone. */
  forgetUserKey(userId: string): void
  forgetWorkspaceKey(workspaceId: string): void
  blindIndex(purpose: BlindIndexPurpose, value: string): Buffer
}

const findUserKey = prepare<{ userId: string }>()(parameter =>
  queries.selectFrom('user_keys').select('wrapped').where('user_id', '=', parameter.userId),
)

const findWorkspaceKey = prepare<{ workspaceId: string }>()(parameter =>
  queries.selectFrom('workspace_keys').select('wrapped').where('workspace_id', '=', parameter.workspaceId),
)

// Kept for as long as the log of a workspace that was deleted is, for whoever says that it is for this.
const findDeletedKey = prepare<{ workspaceId: string }>()(parameter =>
  queries.selectFrom('deleted_workspaces').select('wrapped').where('id', '=', parameter.workspaceId),
)

const isForDeleted = (mode: AccessMode) => mode.kind === 'system' && mode.reason === 'deleted-workspace'

export function createVault(scope: SqlScope, cipher: FieldCipher): Vault {
  return {
    installation: cipher.installation,
    userKey: (userId, wrapped) =>
      cipher.keyFor({ kind: 'user', userId }, async () => (await scope.run(findUserKey, { userId }))[0]?.wrapped, wrapped),
    userKeyOf: (userId, wrapped) => cipher.userKeyOf(userId, wrapped),
    workspaceKey: (workspaceId, wrapped) =>
      cipher.keyFor(
        { kind: 'workspace', workspaceId },
        async () =>
          (await scope.run(findWorkspaceKey, { workspaceId }))[0]?.wrapped ??
          (isForDeleted(scope.mode) ? (await scope.run(findDeletedKey, { workspaceId }))[0]?.wrapped : undefined),
        wrapped,
      ),
    createUserKey: userId => cipher.createKey({ kind: 'user', userId }),
    createWorkspaceKey: workspaceId => cipher.createKey({ kind: 'workspace', workspaceId }),
    forgetUserKey: userId => cipher.forgetKey({ kind: 'user', userId }),
    forgetWorkspaceKey: workspaceId => cipher.forgetKey({ kind: 'workspace', workspaceId }),
    blindIndex: (purpose, value) => cipher.blindIndex(purpose, value),
  }
}
