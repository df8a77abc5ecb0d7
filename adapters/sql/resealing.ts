import { sql } from 'kysely'
import { AppError } from '../../provider/kernel/errors.ts'
import type { DataKey } from '../../provider/ports/field-cipher.ts'
import type { SqlScope, Statement } from './database.ts'
import { type SealedColumn, sealedColumns } from './sealed-columns.ts'
import { type Placeholders, prepare, queries } from './statement.ts'

/** How every ciphertext of a generation begins (provider/envelope/sealed-bytes.ts), as an expression of SQL. */
export const beginningOf = (generation: unknown) => sql`('\\x02'::bytea || int4send(${generation}::integer))`

/** What was emptied stays so. */
export const isSealedOtherwise = (column: unknown, beginning: unknown) =>
  sql<boolean>`length(${column}) > 0 and substring(${column} from 1 for 5) <> ${beginning}`

interface Search {
  ownerId: string
  generation: number
  limit: number
}
interface Found {
  row: string
  sealed: Buffer
}
interface Change {
  row: string
  before: Buffer
  after: Buffer
}

interface Resealing {
  owner: SealedColumn['owner']
  placeOf(row: string): { table: string; column: string; row: string }
  /** Undefined for what is not found by its owner. */
  search: Statement<Search, Found> | undefined
  change: Statement<Change, unknown>
}

function prepareText<Parameters extends object, Row>(
  build: (parameter: Placeholders<Parameters>) => ReturnType<typeof sql<Row>>,
): Statement<Parameters, Row> {
  return prepare<Parameters>()(parameter => {
    const statement = build(parameter)
    return { compile: () => statement.compile(queries) }
  })
}

const resealings: readonly Resealing[] = sealedColumns.map(({ table, column, row, owner, ownerColumn }) => {
  const [from, sealed, key] = [sql.table(`latchkey.${table}`), sql.ref(`${column}_sealed`), sql.ref(row)]
  return {
    owner,
    placeOf: value => ({ table, column, row: value }),
    search:
      ownerColumn === undefined
        ? undefined
        : prepareText<Search, Found>(
            ({ ownerId, generation, limit }) => sql<Found>`select ${key}::text as row, ${sealed} as sealed from ${from}
              where ${sql.ref(ownerColumn)} = ${ownerId} and ${isSealedOtherwise(sealed, beginningOf(generation))}
              limit ${limit}::bigint`,
          ),
    // Whoever changed it meanwhile has sealed it anew.
    change: prepareText<Change, unknown>(
      ({ row: value, before, after }) =>
        sql`update ${from} set ${sealed} = ${after} where ${key} = ${value} and ${sealed} = ${before}`,
    ),
  }
})

/** Throws where one does not open, and changes nothing then. */
async function reseal(scope: SqlScope, { placeOf, change }: Resealing, key: DataKey, found: readonly Found[]): Promise<void> {
  const changes = found.map(({ row, sealed }) => {
    const place = placeOf(row)
    return { row, before: sealed, after: key.seal(place, key.open(place, sealed)) }
  })
  for (const each of changes) await scope.post(change, each)
}

/** Up to `limit` values of each of the owner's columns; answers how many there were. Throws where one does not open. */
export async function resealColumns(
  scope: SqlScope,
  kind: 'user' | 'workspace',
  { ownerId, generation, limit }: Search,
  key: DataKey,
): Promise<number> {
  let count = 0
  for (const resealing of resealings.filter(({ owner }) => owner === kind)) {
    const found = resealing.search ? await scope.run(resealing.search, { ownerId, generation, limit }) : []
    await reseal(scope, resealing, key, found)
    count += found.length
  }
  return count
}

/** Events that were found by what they are about. False where one does not open: then all are left as they are. */
export async function resealEvents(scope: SqlScope, key: DataKey, found: readonly Found[]): Promise<boolean> {
  const [events] = resealings.filter(({ owner }) => owner === 'subject')
  if (!events) return true
  try {
    await reseal(scope, events, key, found)
    return true
  } catch (error) {
    if (error instanceof AppError) throw error
    return false
  }
}
