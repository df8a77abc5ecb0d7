/** Keys of workspaces for the management API, and what it answered to requests that may be sent again. */
export const api = `
-- A key goes with the membership of whoever made it.
create table latchkey.api_keys (
  workspace_id uuid not null references latchkey.workspaces on delete cascade,
  id uuid not null unique,
  name_sealed bytea not null,
  secret_hash bytea not null,
  permissions text[] not null,
  created_by uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, created_by) references latchkey.memberships on delete cascade
);
create index api_keys_order on latchkey.api_keys (workspace_id, created_at, id);
create index api_keys_creator on latchkey.api_keys (workspace_id, created_by);
create index api_keys_expiry on latchkey.api_keys (expires_at);

-- Whose request it was: a workspace's, a person's, or else the operator's. It goes with them, and after a day.
create table latchkey.api_answers (
  key_hash text primary key,
  workspace_id uuid references latchkey.workspaces on delete cascade,
  user_id uuid references latchkey.users on delete cascade,
  fingerprint bytea not null,
  answer_sealed bytea not null,
  expires_at timestamptz not null
);
create index api_answers_workspace on latchkey.api_answers (workspace_id) where workspace_id is not null;
create index api_answers_user on latchkey.api_answers (user_id) where user_id is not null;
create index api_answers_expiry on latchkey.api_answers (expires_at);
`
