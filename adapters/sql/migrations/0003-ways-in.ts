/** Passkeys, codes, accounts elsewhere, and what a person manages of their own. */
export const waysIn = `
alter table latchkey.users
  add column passkey_handle bytea unique,
  add column erasure_due_at timestamptz;
create index users_erasure on latchkey.users (erasure_due_at) where erasure_due_at is not null;

alter table latchkey.sessions add column last_used_at timestamptz;
-- The policies hold for the owner too, and without a scope would show no session to be changed.
alter table latchkey.sessions no force row level security;
update latchkey.sessions set last_used_at = created_at;
alter table latchkey.sessions force row level security;
alter table latchkey.sessions alter column last_used_at set not null;

create table latchkey.address_claims (
  user_id uuid primary key references latchkey.users on delete cascade,
  id uuid not null,
  address_sealed bytea not null,
  code_hash bytea not null,
  tries integer not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);

create table latchkey.passkeys (
  user_id uuid not null references latchkey.users on delete cascade,
  id uuid not null,
  credential_id bytea not null unique,
  public_key bytea not null,
  sign_count bigint not null,
  rp_id text not null,
  aaguid uuid not null,
  attested boolean not null,
  transports text[] not null,
  backup_eligible boolean not null,
  backed_up boolean not null,
  name_sealed bytea not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  primary key (user_id, id)
) with (fillfactor = 70);

create table latchkey.totp_devices (
  user_id uuid not null references latchkey.users on delete cascade,
  id uuid not null,
  secret_sealed bytea not null,
  name_sealed bytea not null,
  last_step bigint not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  primary key (user_id, id)
) with (fillfactor = 70);

create table latchkey.recovery_codes (
  user_id uuid not null references latchkey.users on delete cascade,
  id uuid not null,
  code_hash bytea not null,
  created_at timestamptz not null,
  used_at timestamptz,
  primary key (user_id, id),
  unique (user_id, code_hash)
);

create table latchkey.factor_failures (
  user_id uuid not null references latchkey.users on delete cascade,
  method text not null,
  failures integer not null,
  last_failure_at timestamptz not null,
  primary key (user_id, method)
);

create table latchkey.upstream_identities (
  user_id uuid not null references latchkey.users on delete cascade,
  id uuid not null,
  connection text not null,
  subject_index bytea not null unique,
  claims_sealed bytea not null,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  primary key (user_id, id)
);

create table latchkey.known_browsers (
  user_id uuid not null references latchkey.users on delete cascade,
  browser_hash bytea not null,
  method text not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  passkey_offered_at timestamptz,
  primary key (user_id, browser_hash)
) with (fillfactor = 70);
create index known_browsers_browser on latchkey.known_browsers (browser_hash);
create index known_browsers_last_seen on latchkey.known_browsers (last_seen_at);

-- What is looked up by person is their activity; the most frequent events are not among it, and cost no index.
create index audit_events_activity on latchkey.audit_events (user_id, occurred_at)
  where user_id is not null and action not in ('token.issued', 'refresh-token.rotated', 'grant.created', 'grant.changed');
`
