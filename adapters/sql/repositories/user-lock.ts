import { prepare, queries } from '../statement.ts'

/**
 * For changes of several rows of one person's that only make sense together (one address is the primary one; recovery codes are
 * replaced as a set): run first, in the same transaction, it makes those who would do the same wait, and see what was done. Rows
 * may be added that refer to the user meanwhile.
 */
export const lockUser = prepare<{ userId: string }>()(parameter =>
  queries.selectFrom('users').select('id').where('id', '=', parameter.userId).forNoKeyUpdate(),
)
