import type { Schema, TableName } from './schema.ts'

/** The name of a column without its ending `_sealed`, which is what its ciphertexts are bound to. */
type SealedNameOf<Table extends TableName> = keyof Schema[Table] extends infer Column
  ? Column extends `${infer Name}_sealed`
    ? Name
    : never
  : never

interface SealedColumnOf<Table extends TableName> {
  table: Table
  column: SealedNameOf<Table>
  /** The column whose value the ciphertext is bound to. */
  row: keyof Schema[Table] & string
  /**
   * Under whose key it is sealed: the user or the workspace that `ownerColumn` names; the installation; or, in the audit log, the
   * user whom the event concerns, else its workspace, else the installation.
   */
  owner: 'user' | 'workspace' | 'installation' | 'subject'
  ownerColumn?: keyof Schema[Table] & string
}

export type SealedColumn = { [Table in TableName]: SealedColumnOf<Table> }[TableName]

/** Every column that holds ciphertext. One that is missing here would be lost with an owner's old key. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'users', column: 'name', row: 'id', owner: 'user', ownerColumn: 'id' },
  { table: 'user_addresses', column: 'address', row: 'id', owner: 'user', ownerColumn: 'user_id' },
  { table: 'address_claims', column: 'address', row: 'id', owner: 'user', ownerColumn: 'user_id' },
  { table: 'passkeys', column: 'name', row: 'id', owner: 'user', ownerColumn: 'user_id' },
  { table: 'totp_devices', column: 'secret', row: 'id', owner: 'user', ownerColumn: 'user_id' },
  { table: 'totp_devices', column: 'name', row: 'id', owner: 'user', ownerColumn: 'user_id' },
  { table: 'upstream_identities', column: 'claims', row: 'id', owner: 'user', ownerColumn: 'user_id' },
  { table: 'sessions', column: 'origin', row: 'uid', owner: 'user', ownerColumn: 'user_id' },
  { table: 'workspaces', column: 'name', row: 'id', owner: 'workspace', ownerColumn: 'id' },
  { table: 'invitations', column: 'address', row: 'id', owner: 'workspace', ownerColumn: 'workspace_id' },
  { table: 'api_keys', column: 'name', row: 'id', owner: 'workspace', ownerColumn: 'workspace_id' },
  { table: 'api_answers', column: 'answer', row: 'key_hash', owner: 'installation' },
  { table: 'attempts', column: 'address', row: 'id', owner: 'installation' },
  { table: 'attempts', column: 'proofs', row: 'id', owner: 'installation' },
  { table: 'attempts', column: 'details', row: 'id', owner: 'installation' },
  { table: 'signing_keys', column: 'private_jwk', row: 'kid', owner: 'installation' },
  { table: 'audit_keys', column: 'private_jwk', row: 'kid', owner: 'installation' },
  { table: 'audit_events', column: 'disclosures', row: 'id', owner: 'subject' },
]
