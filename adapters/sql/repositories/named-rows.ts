import { isId } from '../../../provider/kernel/ids.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'
import type { Vault } from '../vault.ts'

/**
 * What is the same of tables whose rows are one person's own each, under a name that the person gives them: renaming and deleting.
 * Both answer false for a row that is somebody else's, or not there.
 */
export function prepareNamedRows(table: 'passkeys' | 'totp_devices') {
  const rename = prepare<{ userId: string; id: string; nameSealed: Buffer }>()(parameter =>
    queries
      .updateTable(table)
      .set({ name_sealed: parameter.nameSealed })
      .where('user_id', '=', parameter.userId)
      .where('id', '=', parameter.id),
  )

  const remove = prepare<{ userId: string; id: string }>()(parameter =>
    queries.deleteFrom(table).where('user_id', '=', parameter.userId).where('id', '=', parameter.id),
  )

  /** What the seal of a name is bound to. */
  const nameOf = (id: string) => ({ table, column: 'name', row: id })

  return {
    nameOf,

    createChanges: (scope: SqlScope, vault: Vault) => ({
      async rename(userId: string, id: string, name: string): Promise<boolean> {
        if (!isId(userId) || !isId(id)) return false
        const key = await vault.userKey(userId)
        return (await scope.change(rename, { userId, id, nameSealed: key.seal(nameOf(id), name) })) === 1
      },

      async delete(userId: string, id: string): Promise<boolean> {
        if (!isId(userId) || !isId(id)) return false
        return (await scope.change(remove, { userId, id })) === 1
      },
    }),
  }
}
