import { sql } from 'kysely'
import { hashSecret, newSecret } from '../../../provider/kernel/secrets.ts'
import { isId } from '../../../provider/kernel/ids.ts'
import type { FirstSetUpRepository } from '../../../provider/ports/workspace-repositories.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'
import { fromNullable } from '../values.ts'
import type { Vault } from '../vault.ts'

const thereAreWorkspaces = sql<boolean>`(
  exists (select from latchkey.workspaces where not personal) or exists (select from latchkey.deleted_workspaces)
)`

/** Each of these changes the one row, and only as long as it is open: whoever comes second finds it closed. */
const changeOpen = () => queries.updateTable('first_set_up').where('closed_at', 'is', null)

const closeWhereFounded = prepare<{ moment: Date }>()(parameter =>
  changeOpen().set({ closed_at: parameter.moment, awaited_index: null }).where(thereAreWorkspaces),
)

const lockOpen = prepare<object>()(() =>
  queries.selectFrom('first_set_up').select('nonce').where('closed_at', 'is', null).forUpdate(),
)

const keepNonce = prepare<{ nonce: Buffer; tokenHash: Buffer }>()(parameter =>
  changeOpen().set({ nonce: parameter.nonce, token_hash: parameter.tokenHash }),
)

const findOpen = prepare<{ tokenHash: Buffer }>()(parameter =>
  queries.selectFrom('first_set_up').select('id').where('token_hash', '=', parameter.tokenHash).where('closed_at', 'is', null),
)

const awaitAddress = prepare<{ tokenHash: Buffer; addressIndex: Buffer }>()(parameter =>
  changeOpen().set({ awaited_index: parameter.addressIndex }).where('token_hash', '=', parameter.tokenHash),
)

const findAwaited = prepare<{ addressIndex: Buffer }>()(parameter =>
  queries
    .selectFrom('first_set_up')
    .select('id')
    .where('awaited_index', '=', parameter.addressIndex)
    .where('closed_at', 'is', null),
)

const use = prepare<{ tokenHash: Buffer; moment: Date }>()(parameter =>
  changeOpen().set({ closed_at: parameter.moment, awaited_index: null }).where('token_hash', '=', parameter.tokenHash),
)

// Of all workspaces that are founded later, none touches the row: nobody waits for anybody.
const recordFounding = prepare<{ workspaceId: string; moment: Date }>()(parameter =>
  queries
    .updateTable('first_set_up')
    .set({
      workspace_id: parameter.workspaceId,
      closed_at: sql`coalesce(closed_at, ${parameter.moment}::timestamptz)`,
      awaited_index: null,
    })
    .where('workspace_id', 'is', null),
)

const findFounded = prepare<{ tokenHash: Buffer }>()(parameter =>
  queries.selectFrom('first_set_up').select('workspace_id').where('token_hash', '=', parameter.tokenHash),
)

export function createFirstSetUpRepository(scope: SqlScope, vault: Vault): FirstSetUpRepository {
  // Made of the installation's key: each process, and each start, makes the same one, and the database alone doesn't tell it.
  const tokenOf = (nonce: Buffer) => vault.blindIndex('first-set-up', nonce.toString('base64url')).toString('base64url')

  return {
    async open(moment) {
      await scope.post(closeWhereFounded, { moment })
      const [row] = await scope.run(lockOpen, {})
      if (row === undefined) return undefined
      if (row.nonce !== null) return { token: tokenOf(row.nonce), isFirst: false }
      const nonce = hashSecret(newSecret())
      const token = tokenOf(nonce)
      await scope.post(keepNonce, { nonce, tokenHash: hashSecret(token) })
      return { token, isFirst: true }
    },

    async isOpen(tokenHash) {
      return (await scope.run(findOpen, { tokenHash })).length === 1
    },

    async awaitAddress(tokenHash, address) {
      return (await scope.change(awaitAddress, { tokenHash, addressIndex: vault.blindIndex('email-address', address) })) === 1
    },

    async isAwaited(address) {
      return (await scope.run(findAwaited, { addressIndex: vault.blindIndex('email-address', address) })).length === 1
    },

    async use(tokenHash, moment) {
      return (await scope.change(use, { tokenHash, moment })) === 1
    },

    async recordFounding(workspaceId, moment) {
      if (isId(workspaceId)) await scope.post(recordFounding, { workspaceId, moment })
    },

    async findFounded(tokenHash) {
      const [row] = await scope.run(findFounded, { tokenHash })
      return fromNullable(row?.workspace_id ?? null)
    },
  }
}
