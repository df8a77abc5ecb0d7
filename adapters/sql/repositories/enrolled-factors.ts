import { type RawBuilder, sql } from 'kysely'

/** A column of a query that says whose it is. */
type UserColumn = 'm.user_id' | 'u.id'

/** Whether that user has a passkey. */
export function hasPasskey(userId: UserColumn): RawBuilder<boolean> {
  return sql<boolean>`exists (select from latchkey.passkeys as p where p.user_id = ${sql.ref(userId)})`
}

/** Whether that user has a generator of codes. */
export function hasTotpDevice(userId: UserColumn): RawBuilder<boolean> {
  return sql<boolean>`exists (select from latchkey.totp_devices as d where d.user_id = ${sql.ref(userId)})`
}
