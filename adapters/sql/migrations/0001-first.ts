/**
 * Columns named `…_sealed` are ciphertext (provider/ports/field-cipher.ts). Payloads are json rather than jsonb: they are
 * written and read whole, and jsonb would be taken apart and put together each time. No column of audit_events refers to
 * another table: what was recorded stays, whatever is deleted.
 */
export const first = `
create table latchkey.installation_keys (
  id smallint primary key default 1 check (id = 1),
  wrapped bytea not null
);

create table latchkey.users (
  id uuid primary key,
  status text not null check (status in ('active', 'suspended')),
  name_sealed bytea,
  locale text not null,
  created_at timestamptz not null
);

create table latchkey.user_keys (
  user_id uuid primary key references latchkey.users on delete cascade,
  wrapped bytea not null
);

create table latchkey.user_addresses (
  user_id uuid not null references latchkey.users on delete cascade,
  id uuid not null,
  address_index bytea not null unique,
  address_sealed bytea not null,
  is_primary boolean not null,
  verified_at timestamptz not null,
  primary key (user_id, id)
);
create unique index user_addresses_primary on latchkey.user_addresses (user_id) where is_primary;

create table latchkey.workspaces (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9-]+$'),
  name_sealed bytea not null,
  personal boolean not null,
  created_at timestamptz not null
);

create table latchkey.workspace_keys (
  workspace_id uuid primary key references latchkey.workspaces on delete cascade,
  wrapped bytea not null
);

create table latchkey.memberships (
  workspace_id uuid not null references latchkey.workspaces on delete cascade,
  user_id uuid not null references latchkey.users on delete cascade,
  roles text[] not null,
  created_at timestamptz not null,
  primary key (workspace_id, user_id)
);
create index memberships_user on latchkey.memberships (user_id, created_at);

create table latchkey.apps (
  client_id text primary key,
  secret_hash bytea,
  metadata json not null,
  source text not null check (source in ('config', 'command-line', 'api', 'console')),
  created_at timestamptz not null
);

-- Nobody's yet, and gone a day after it has expired: the app and the user are named, not referred to.
create table latchkey.attempts (
  id uuid primary key,
  interaction_uid text not null,
  browser_hash bytea not null,
  client_id text not null,
  state text not null check (state in ('open', 'satisfied', 'completed', 'ended')),
  method text,
  user_id uuid,
  address_sealed bytea,
  proofs_sealed bytea not null,
  details_sealed bytea not null,
  locale text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
) with (fillfactor = 70);
create index attempts_interaction on latchkey.attempts (interaction_uid, created_at);
create index attempts_expiry on latchkey.attempts (expires_at);

create table latchkey.email_challenges (
  id uuid primary key,
  attempt_id uuid not null references latchkey.attempts on delete cascade,
  token_hash bytea not null unique,
  code_hash bytea not null,
  wrong_codes integer not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  consumed_at timestamptz,
  voided_at timestamptz
) with (fillfactor = 70);
create index email_challenges_attempt on latchkey.email_challenges (attempt_id);
create unique index email_challenges_open on latchkey.email_challenges (attempt_id) where consumed_at is null and voided_at is null;

create table latchkey.code_failures (
  address_index bytea primary key,
  failures integer not null,
  last_failure_at timestamptz not null
);
create index code_failures_last on latchkey.code_failures (last_failure_at);

create table latchkey.sessions (
  uid text primary key,
  id_hash bytea not null unique,
  user_id uuid not null references latchkey.users on delete cascade,
  payload json not null,
  origin_sealed bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index sessions_user on latchkey.sessions (user_id, created_at);
create index sessions_expiry on latchkey.sessions (expires_at);

create table latchkey.grants (
  id text primary key,
  user_id uuid not null references latchkey.users on delete cascade,
  workspace_id uuid references latchkey.workspaces on delete cascade,
  client_id text not null,
  session_uid text,
  payload json not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index grants_user on latchkey.grants (user_id);
create index grants_workspace on latchkey.grants (workspace_id) where workspace_id is not null;
create index grants_expiry on latchkey.grants (expires_at);

-- With the app it goes, so that whoever is registered under the same id later was allowed nothing.
create table latchkey.consents (
  user_id uuid not null references latchkey.users on delete cascade,
  client_id text not null references latchkey.apps on delete cascade,
  allowed json not null,
  given_at timestamptz not null,
  primary key (user_id, client_id)
);
create index consents_app on latchkey.consents (client_id);

-- No index covers what a rotation changes, the day of expiry apart: so a chain of any length rewrites its row in place (a
-- heap-only update), and the table keeps its size.
create table latchkey.refresh_families (
  id uuid primary key,
  grant_id text not null references latchkey.grants on delete cascade,
  user_id uuid not null,
  client_id text not null,
  current_hash bytea not null,
  previous_hash bytea,
  successor bytea,
  rotated_at timestamptz,
  payload json not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  expires_on date not null generated always as ((expires_at at time zone 'utc')::date) stored
) with (fillfactor = 50);
create index refresh_families_grant on latchkey.refresh_families (grant_id);
create index refresh_families_expiry on latchkey.refresh_families (expires_on);

create table latchkey.revoked_access_tokens (
  token_id text primary key,
  expires_at timestamptz not null
);
create index revoked_access_tokens_expiry on latchkey.revoked_access_tokens (expires_at);

create table latchkey.signing_keys (
  kid text primary key,
  algorithm text not null check (algorithm in ('ES256', 'RS256', 'EdDSA')),
  private_jwk_sealed bytea not null,
  created_at timestamptz not null,
  signs_from timestamptz not null,
  retires_at timestamptz
);

create table latchkey.audit_events (
  id uuid primary key,
  workspace_id uuid,
  user_id uuid,
  action text not null,
  occurred_at timestamptz not null,
  commitments json not null,
  disclosures_sealed bytea not null
);
`
