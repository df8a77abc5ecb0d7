import type { AccessMode } from '../../provider/kernel/access-mode.ts'
import type { InstallationKeys } from '../../provider/ports/key-wrapper.ts'
import type { SqlDatabase } from './database.ts'
import { prepare, queries } from './statement.ts'

const start: AccessMode = { kind: 'system', reason: 'start' }

const find = prepare<object>()(() => queries.selectFrom('installation_keys').select('wrapped'))

const insert = prepare<{ wrapped: Buffer }>()(parameter =>
  queries
    .insertInto('installation_keys')
    .values({ id: 1, wrapped: parameter.wrapped })
    .onConflict(conflict => conflict.column('id').doNothing()),
)

/** Where the installation's wrapped key is kept: the one row of a table. */
export function createInstallationKeys(database: SqlDatabase): InstallationKeys {
  return {
    find: () => database.read(start, async scope => (await scope.run(find, {}))[0]?.wrapped),
    insertIfAbsent: wrapped =>
      database.transaction(start, async scope => {
        // The second statement sees what another one inserted first, and the first one waited for.
        const [, [row]] = await Promise.all([scope.change(insert, { wrapped }), scope.run(find, {})])
        if (!row) throw new Error("The installation's key was neither there nor could it be inserted")
        return row.wrapped
      }),
  }
}
