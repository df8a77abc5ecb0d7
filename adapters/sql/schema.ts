import type { Generated } from 'kysely'
import type { AppRecord, AttemptRecord, SigningKeyRecord, UserRecord } from '../../provider/ports/records.ts'
import type { ConsentRecord } from '../../provider/ports/session-records.ts'
import type { RequiredFactor, WorkspaceRecord } from '../../provider/ports/workspace-records.ts'

/** The tables as they are read: what `decode` makes of a column (values.ts), which is also what is written, JSON apart. */
export interface Schema {
  installation_keys: { id: number; wrapped: Buffer }
  users: {
    id: string
    status: UserRecord['status']
    name_sealed: Buffer | null
    locale: string
    created_at: Date
    passkey_handle: Generated<Buffer | null>
    proofs_from: Generated<Date | null>
    proofs_from_browser: Generated<Buffer | null>
    proofs_from_there: Generated<Date | null>
    erasure_due_at: Generated<Date | null>
    erased_at: Generated<Date | null>
  }
  user_keys: { user_id: string; wrapped: Buffer }
  user_addresses: {
    user_id: string
    id: string
    address_index: Buffer
    address_sealed: Buffer
    is_primary: boolean
    verified_at: Date
    vouched_by: Generated<string | null>
  }
  address_claims: {
    user_id: string
    id: string
    address_sealed: Buffer
    code_hash: Buffer
    tries: number
    created_at: Date
    expires_at: Date
  }
  passkeys: {
    user_id: string
    id: string
    credential_id: Buffer
    public_key: Buffer
    sign_count: number
    rp_id: string
    aaguid: string
    attested: boolean
    transports: string[]
    backup_eligible: boolean
    backed_up: boolean
    name_sealed: Buffer
    created_at: Date
    last_used_at: Date | null
  }
  totp_devices: {
    user_id: string
    id: string
    secret_sealed: Buffer
    name_sealed: Buffer
    last_step: number
    created_at: Date
    last_used_at: Date | null
  }
  recovery_codes: { user_id: string; id: string; code_hash: Buffer; created_at: Date; used_at: Generated<Date | null> }
  factor_failures: { user_id: string; method: string; failures: number; last_failure_at: Date }
  access_passes: {
    workspace_id: string
    user_id: string
    pass_hash: Buffer
    created_at: Date
    expires_at: Date
    used_at: Generated<Date | null>
  }
  upstream_identities: {
    user_id: string
    id: string
    connection: string
    subject_index: Buffer
    claims_sealed: Buffer
    created_at: Date
    last_used_at: Date
  }
  known_browsers: {
    user_id: string
    browser_hash: Buffer
    method: string
    first_seen_at: Date
    last_seen_at: Date
    passkey_offered_at: Generated<Date | null>
  }
  workspaces: {
    id: string
    slug: string
    name_sealed: Buffer
    personal: boolean
    created_at: Date
    status: Generated<WorkspaceRecord['status']>
    plan: Generated<string>
    required_level: Generated<WorkspaceRecord['requirement']['level']>
    required_from: Generated<Date | null>
    accepted_authenticators: Generated<string[] | null>
    deletion_due_at: Generated<Date | null>
    version: Generated<number>
  }
  workspace_keys: { workspace_id: string; wrapped: Buffer }
  memberships: { workspace_id: string; user_id: string; roles: string[]; created_at: Date; version: Generated<number> }
  first_set_up: {
    id: number
    nonce: Buffer | null
    token_hash: Buffer | null
    awaited_index: Buffer | null
    workspace_id: string | null
    closed_at: Date | null
  }
  requirement_reminders: {
    workspace_id: string
    level: RequiredFactor
    required_from: Date
    days: number
    reached_joined_at: Generated<Date | null>
    reached_user_id: Generated<string | null>
    finished_at: Generated<Date | null>
  }
  deleted_workspaces: { id: string; wrapped: Buffer; deleted_at: Date; emptied_through: Generated<string | null> }
  former_members: { workspace_id: string; user_id: string; left_at: Date }
  roles: {
    workspace_id: string
    key: string
    name: string
    permissions: string[]
    created_at: Date
    version: Generated<number>
  }
  invitations: {
    workspace_id: string
    id: string
    address_index: Buffer
    address_sealed: Buffer
    roles: string[]
    token_hash: Buffer
    invited_by: string | null
    created_at: Date
    expires_at: Date
    accepted_at: Generated<Date | null>
    accepted_by: Generated<string | null>
    revoked_at: Generated<Date | null>
  }
  apps: {
    client_id: string
    secret_hash: Buffer | null
    metadata: Json
    source: AppRecord['source']
    created_at: Date
  }
  attempts: {
    id: string
    interaction_uid: string
    browser_hash: Buffer
    client_id: string
    state: AttemptRecord['state']
    method: string | null
    user_id: string | null
    address_sealed: Buffer | null
    proofs_sealed: Buffer
    details_sealed: Buffer
    locale: string
    created_at: Date
    expires_at: Date
  }
  email_challenges: {
    id: string
    attempt_id: string
    token_hash: Buffer
    code_hash: Buffer
    tries: number
    created_at: Date
    expires_at: Date
    consumed_at: Date | null
    voided_at: Date | null
  }
  code_failures: { address_index: Buffer; failures: number; last_failure_at: Date }
  sessions: {
    uid: string
    id_hash: Buffer
    user_id: string
    payload: Json
    origin_sealed: Buffer
    created_at: Date
    last_used_at: Date
    expires_at: Date
  }
  grants: {
    id: string
    user_id: string
    workspace_id: string | null
    client_id: string
    session_uid: string | null
    payload: Json
    created_at: Date
    expires_at: Date
  }
  consents: { user_id: string; client_id: string; allowed: ConsentRecord['allowed']; given_at: Date }
  refresh_families: {
    id: string
    grant_id: string
    user_id: string
    client_id: string
    current_hash: Buffer
    previous_hash: Buffer | null
    successor: Buffer | null
    rotated_at: Date | null
    payload: Json
    created_at: Date
    expires_at: Date
    /** The day of it, which most rotations leave as it is. */
    expires_on: Generated<string>
  }
  revoked_access_tokens: { token_id: string; expires_at: Date }
  signing_keys: {
    kid: string
    algorithm: SigningKeyRecord['algorithm']
    private_jwk_sealed: Buffer
    created_at: Date
    signs_from: Date
    retires_at: Date | null
  }
  audit_events: {
    id: string
    workspace_id: string | null
    user_id: string | null
    action: string
    occurred_at: Date
    commitments: Record<string, string>
    /** Empty where retention has emptied it. */
    disclosures_sealed: Buffer
    actor: string | null
    target: string | null
  }
  audit_unsealed: { event_id: string; chain_id: string }
  audit_chains: { chain_id: string; position: number; link: Buffer; checkpointed_position: Generated<number> }
  audit_links: { chain_id: string; position: number; event_id: string; link: Buffer }
  audit_checkpoints: { chain_id: string; made_on: string; position: number; made_at: Date; signed: string }
  audit_keys: { kid: string; private_jwk_sealed: Buffer; created_at: Date }
  audit_retention: { class: string; event_id: string }
  data_key_rotations: {
    user_id: string | null
    workspace_id: string | null
    owner_kind: Generated<'user' | 'workspace'>
    owner_id: Generated<string>
    phase: 'requested' | 'published' | 'events'
    due_at: Date
    generation: Generated<number | null>
    lap: Generated<number | null>
    resealed: Generated<number>
  }
  /** One row: how many laps through the audit log have ended, and how far the one under way has come. */
  event_resealing: { id: Generated<number>; laps: Generated<number>; event_id: Generated<string | null> }
  api_keys: {
    workspace_id: string
    id: string
    name_sealed: Buffer
    secret_hash: Buffer
    permissions: string[]
    created_by: string
    created_at: Date
    expires_at: Date
    last_used_at: Generated<Date | null>
  }
  api_answers: {
    key_hash: string
    workspace_id: string | null
    user_id: string | null
    fingerprint: Buffer
    answer_sealed: Buffer
    expires_at: Date
  }
}

export type TableName = keyof Schema

type Json = Record<string, unknown>
