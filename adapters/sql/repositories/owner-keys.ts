import { sql } from 'kysely'
import type { RotatableOwner } from '../../../provider/ports/data-keys.ts'
import type { KeyOwner } from '../../../provider/ports/field-cipher.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'

/** The wrapped data key of each kind of owner, for whoever changes it: read, it stays as it is for the rest of the transaction. */

const lockUserKey = prepare<{ id: string }>()(parameter =>
  queries.selectFrom('user_keys').select('wrapped').where('user_id', '=', parameter.id).forUpdate(),
)
const lockWorkspaceKey = prepare<{ id: string }>()(parameter =>
  queries.selectFrom('workspace_keys').select('wrapped').where('workspace_id', '=', parameter.id).forUpdate(),
)
const lockInstallationKey = prepare<object>()(() => queries.selectFrom('installation_keys').select('wrapped').forUpdate())

export async function lockKey(scope: SqlScope, owner: KeyOwner): Promise<Buffer | undefined> {
  switch (owner.kind) {
    case 'user':
      return (await scope.run(lockUserKey, { id: owner.userId }))[0]?.wrapped
    case 'workspace':
      return (await scope.run(lockWorkspaceKey, { id: owner.workspaceId }))[0]?.wrapped
    case 'installation':
      return (await scope.run(lockInstallationKey, {}))[0]?.wrapped
  }
}

interface Replacement {
  id: string
  before: Buffer
  after: Buffer
}

const replaceUserKey = prepare<Replacement>()(parameter =>
  queries
    .updateTable('user_keys')
    .set({ wrapped: parameter.after })
    .where('user_id', '=', parameter.id)
    .where('wrapped', '=', parameter.before),
)
const replaceWorkspaceKey = prepare<Replacement>()(parameter =>
  queries
    .updateTable('workspace_keys')
    .set({ wrapped: parameter.after })
    .where('workspace_id', '=', parameter.id)
    .where('wrapped', '=', parameter.before),
)
// A workspace that was deleted leaves its key behind, for its log.
const replaceDeletedKey = prepare<Replacement>()(parameter =>
  queries
    .updateTable('deleted_workspaces')
    .set({ wrapped: parameter.after })
    .where('id', '=', parameter.id)
    .where('wrapped', '=', parameter.before),
)
const replaceInstallationKey = prepare<Omit<Replacement, 'id'>>()(parameter =>
  queries
    .updateTable('installation_keys')
    .set({ wrapped: parameter.after })
    .where('id', '=', sql<number>`1`)
    .where('wrapped', '=', parameter.before),
)

/** False where it is `before` no longer. */
export async function replaceKey(scope: SqlScope, owner: KeyOwner, before: Buffer, after: Buffer): Promise<boolean> {
  switch (owner.kind) {
    case 'user':
      return (await scope.change(replaceUserKey, { id: owner.userId, before, after })) === 1
    case 'workspace':
      return (
        (await scope.change(replaceWorkspaceKey, { id: owner.workspaceId, before, after })) === 1 ||
        (await scope.change(replaceDeletedKey, { id: owner.workspaceId, before, after })) === 1
      )
    case 'installation':
      return (await scope.change(replaceInstallationKey, { before, after })) === 1
  }
}

/** How an owner stands in the table of rotations. */
export interface OwnerParameters {
  kind: RotatableOwner['kind']
  id: string
}

export function asParameters(owner: RotatableOwner): OwnerParameters {
  return owner.kind === 'user' ? { kind: 'user', id: owner.userId } : { kind: 'workspace', id: owner.workspaceId }
}

export function asOwner({ kind, id }: OwnerParameters): RotatableOwner {
  return kind === 'user' ? { kind, userId: id } : { kind, workspaceId: id }
}
