import type { AccessMode, SystemReason } from '../../provider/kernel/access-mode.ts'
import { installationChain } from '../../provider/ports/audit-chain.ts'
import type { ScopeRoles } from './database.ts'
import type { TableName } from './schema.ts'

/**
 * Who may do what, table by table: the grants and the row-level security of each access mode's role. A mode that is not named
 * has no right to the table at all. An empty or missing scope sees nothing, since no condition is true for null.
 */

type Right = 'select' | 'insert' | 'update' | 'delete'

interface Protection {
  rights: Right[]
  /** The columns that may be read, or updated, where `rights` doesn't say all of them. */
  readable?: string[]
  updatable?: string[]
  /** Which rows, as a condition on the table's columns. */
  rows: string
}

const workspaceId = `nullif(current_setting('latchkey.workspace_id', true), '')::uuid`
const userId = `nullif(current_setting('latchkey.user_id', true), '')::uuid`
const anyWorkspace = `${workspaceId} is not null`
const anyUser = `${userId} is not null`
const reason = `nullif(current_setting('latchkey.reason', true), '')`
const anyReason = `${reason} is not null`

function system(...rights: Right[]): Protection {
  return { rights, rows: anyReason }
}

/** For what is nobody's business but for these reasons. */
function systemFor(reasons: readonly SystemReason[], ...rights: Right[]): Protection {
  return { rights, rows: `${reason} in (${reasons.map(each => `'${each}'`).join(', ')})` }
}

/** A person's own rows, for them to manage. */
function own(...rights: Right[]): Protection {
  return { rights, rows: `user_id = ${userId}` }
}

function readOnly(rows: string): Protection {
  return { rights: ['select'], rows }
}

/** A user's row is a workspace's to read as long as the user is a member there. */
function ofMember(column: string): Protection {
  return readOnly(isMember(column))
}

/*
 * Two looks into an index for each row that is read: about 1 µs. With the setting in a subquery, as is often advised, Postgres hashes all
 * members of the workspace for each statement instead, which for a page of fifty costs the same, and for one member of many far more.
 */
function isMember(column: string, table: 'memberships' | 'former_members' = 'memberships'): string {
  return `exists (select from latchkey.${table} as scope where scope.workspace_id = ${workspaceId} and scope.user_id = ${column})`
}

/** A workspace's row is a user's to read as long as the user is a member there. */
function ofMembership(column: string): Protection {
  return readOnly(
    `exists (select from latchkey.memberships as scope where scope.user_id = ${userId} and scope.workspace_id = ${column})`,
  )
}

export const protections: Record<TableName, Partial<Record<AccessMode['kind'], Protection>>> = {
  installation_keys: { system: { ...system('select', 'insert'), updatable: ['wrapped'] } },
  users: {
    system: system('select', 'insert', 'update', 'delete'),
    workspace: ofMember('users.id'),
    // Whether they are suspended is not theirs to say.
    self: {
      rights: ['select'],
      updatable: [
        'name_sealed',
        'locale',
        'erasure_due_at',
        'passkey_handle',
        'proofs_from',
        'proofs_from_browser',
        'proofs_from_there',
      ],
      rows: `id = ${userId}`,
    },
  },
  user_keys: {
    system: { ...system('select', 'insert', 'delete'), updatable: ['wrapped'] },
    workspace: readOnly(`${isMember('user_keys.user_id')} or ${isMember('user_keys.user_id', 'former_members')}`),
    self: own('select'),
  },
  user_addresses: {
    system: system('select', 'insert', 'update', 'delete'),
    workspace: ofMember('user_addresses.user_id'),
    self: own('select', 'insert', 'update', 'delete'),
  },
  address_claims: {
    system: system('select', 'insert', 'update', 'delete'),
    self: own('select', 'insert', 'update', 'delete'),
  },
  // That a member has something enrolled is a workspace's to know; what it is, is not.
  passkeys: {
    system: system('select', 'insert', 'update', 'delete'),
    self: own('select', 'insert', 'update', 'delete'),
    workspace: { ...ofMember('passkeys.user_id'), rights: [], readable: ['user_id', 'id'] },
  },
  totp_devices: {
    system: system('select', 'insert', 'update', 'delete'),
    self: own('select', 'insert', 'update', 'delete'),
    workspace: { ...ofMember('totp_devices.user_id'), rights: [], readable: ['user_id', 'id'] },
  },
  recovery_codes: {
    system: system('select', 'insert', 'update', 'delete'),
    self: own('select', 'insert', 'update', 'delete'),
  },
  // Nobody gives themselves one, and a workspace's admins do so by the system, which looks at the person's other workspaces.
  access_passes: {
    system: system('select', 'insert', 'update', 'delete'),
    self: { ...own('delete'), readable: ['workspace_id', 'user_id', 'created_at', 'expires_at', 'used_at'] },
  },
  // What holds a guesser back is not for whoever is signed in to take away.
  factor_failures: { system: system('select', 'insert', 'update', 'delete') },
  upstream_identities: {
    system: system('select', 'insert', 'update', 'delete'),
    self: own('select', 'insert', 'update', 'delete'),
  },
  known_browsers: {
    system: system('select', 'insert', 'update', 'delete'),
    self: own('select'),
  },
  workspaces: {
    system: system('select', 'insert', 'update', 'delete'),
    // Its plan, and whether it is suspended, are not its own to say.
    workspace: {
      rights: ['select'],
      updatable: ['name_sealed', 'required_level', 'required_from', 'accepted_authenticators', 'deletion_due_at', 'version'],
      rows: `id = ${workspaceId}`,
    },
    self: ofMembership('workspaces.id'),
  },
  workspace_keys: {
    system: { ...system('select', 'insert', 'delete'), updatable: ['wrapped'] },
    workspace: readOnly(`workspace_id = ${workspaceId}`),
    self: ofMembership('workspace_keys.workspace_id'),
  },
  memberships: {
    system: system('select', 'insert', 'update', 'delete'),
    // Not to be added to: whoever is a member can be read.
    workspace: { rights: ['select', 'delete'], updatable: ['roles', 'version'], rows: `workspace_id = ${workspaceId}` },
    self: own('select'),
  },
  // Its one row is made by the migration, and stays.
  first_set_up: {
    system: { ...system('select'), updatable: ['nonce', 'token_hash', 'awaited_index', 'workspace_id', 'closed_at'] },
  },
  requirement_reminders: { system: system('select', 'insert', 'update') },
  // Their keys open logs that are closed: for whoever reads such a log, and for those who make, move and destroy the keys.
  deleted_workspaces: {
    system: systemFor(['deleted-workspace', 'job', 'command-line', 'start'], 'select', 'insert', 'update', 'delete'),
  },
  former_members: {
    system: system('select', 'insert', 'update', 'delete'),
    workspace: { rights: ['select', 'insert'], rows: `workspace_id = ${workspaceId}` },
  },
  roles: {
    system: system('select', 'insert', 'update', 'delete'),
    workspace: { rights: ['select', 'insert', 'update', 'delete'], rows: `workspace_id = ${workspaceId}` },
    self: ofMembership('roles.workspace_id'),
  },
  // Found by its token before anybody knows whose it is, and that is the system's.
  invitations: {
    system: system('select', 'insert', 'update', 'delete'),
    workspace: { rights: ['select', 'insert', 'update'], rows: `workspace_id = ${workspaceId}` },
  },
  apps: {
    system: system('select', 'insert', 'update', 'delete'),
    workspace: readOnly(anyWorkspace),
    self: readOnly(anyUser),
  },
  attempts: { system: system('select', 'insert', 'update', 'delete') },
  email_challenges: { system: system('select', 'insert', 'update') },
  code_failures: { system: system('select', 'insert', 'update', 'delete') },
  sessions: {
    system: system('select', 'insert', 'update', 'delete'),
    self: own('select', 'delete'),
  },
  grants: {
    system: system('select', 'insert', 'update', 'delete'),
    workspace: { rights: ['select', 'delete'], rows: `workspace_id = ${workspaceId}` },
    self: own('select', 'delete'),
  },
  consents: {
    system: system('select', 'insert', 'update', 'delete'),
    self: own('select', 'delete'),
  },
  refresh_families: {
    system: system('select', 'insert', 'update', 'delete'),
    // By its grant, which knows the workspace.
    workspace: {
      rights: ['select', 'delete'],
      rows: `exists (select from latchkey.grants as scope where scope.id = grant_id and scope.workspace_id = ${workspaceId})`,
    },
    self: own('select', 'delete'),
  },
  // Never changed: only who may change a row may lock it, and a sweep passes over what another one has locked.
  revoked_access_tokens: { system: system('select', 'insert', 'update', 'delete') },
  signing_keys: { system: system('select', 'insert', 'update', 'delete') },
  // Append-only: nobody may change or delete an event. What opens its commitments can be emptied, and sealed under another key.
  audit_events: {
    system: { ...system('select', 'insert'), updatable: ['disclosures_sealed'] },
    workspace: { rights: ['select', 'insert'], rows: `workspace_id = ${workspaceId}` },
    // A person's own log: what goes into a workspace's is written under the workspace.
    self: { rights: ['select', 'insert'], rows: `user_id = ${userId} and workspace_id is null` },
  },
  // Whoever writes an event says here that it is to be sealed.
  audit_unsealed: {
    system: system('select', 'insert', 'delete'),
    workspace: { rights: ['insert'], readable: ['chain_id'], rows: `chain_id = ${workspaceId}` },
    self: { rights: ['insert'], rows: `${anyUser} and chain_id = '${installationChain}'` },
  },
  audit_chains: {
    system: system('select', 'insert', 'update'),
    workspace: readOnly(`chain_id = ${workspaceId}`),
  },
  audit_links: {
    system: system('select', 'insert'),
    workspace: readOnly(`chain_id = ${workspaceId}`),
  },
  audit_checkpoints: {
    system: system('select', 'insert', 'update'),
    workspace: readOnly(`chain_id = ${workspaceId}`),
  },
  audit_keys: { system: system('select', 'insert') },
  audit_retention: { system: system('select', 'insert', 'update') },
  data_key_rotations: { system: system('select', 'insert', 'update', 'delete') },
  event_resealing: { system: system('select', 'insert', 'update') },
  // Found by the key that a request shows, before anybody knows for which workspace it is, and that is the system's.
  api_keys: {
    // Its name is sealed anew when the workspace's data key is renewed.
    system: { ...system('select', 'delete'), updatable: ['last_used_at', 'name_sealed'] },
    workspace: { rights: ['select', 'insert', 'delete'], rows: `workspace_id = ${workspaceId}` },
  },
  api_answers: {
    system: system('select', 'insert', 'update', 'delete'),
    workspace: { rights: ['select', 'insert', 'update'], rows: `workspace_id = ${workspaceId}` },
    self: { rights: ['select', 'insert', 'update'], rows: `user_id = ${userId} and workspace_id is null` },
  },
}

/** The statements that put `protections` into effect, whatever was in effect before. */
export function describeProtection(roles: ScopeRoles): string {
  const everyRole = Object.values(roles).join(', ')
  const statements = [`grant usage on schema latchkey to ${everyRole}`]
  for (const [table, byMode] of Object.entries(protections)) {
    const name = `latchkey.${table}`
    statements.push(
      `alter table ${name} enable row level security`,
      // The owner too: with one login for everything, what runs outside a scope sees nothing.
      `alter table ${name} force row level security`,
      `revoke all on ${name} from ${everyRole}`,
    )
    for (const kind of ['workspace', 'self', 'system'] as const) {
      statements.push(`drop policy if exists ${kind} on ${name}`)
      const protection = byMode[kind]
      if (!protection) continue
      const { rights, readable, updatable, rows } = protection
      const granted = [
        ...rights,
        ...(readable ? [`select (${readable.join(', ')})`] : []),
        ...(updatable ? [`update (${updatable.join(', ')})`] : []),
      ]
      statements.push(
        `create policy ${kind} on ${name} to ${roles[kind]} using (${rows}) with check (${rows})`,
        `grant ${granted.join(', ')} on ${name} to ${roles[kind]}`,
      )
    }
  }
  return statements.join(';\n')
}
