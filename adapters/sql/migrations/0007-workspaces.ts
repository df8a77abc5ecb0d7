/** What workspaces are besides their members: plan, requirement, custom roles, invitations. */
export const workspaces = `
alter table latchkey.workspaces
  add column status text not null default 'active' check (status in ('active', 'suspended')),
  add column plan text not null default 'free',
  add column required_level text not null default 'none'
    check (required_level in ('none', 'any-second-factor', 'phishing-resistant')),
  add column required_from timestamptz,
  add column accepted_authenticators text[],
  add column deletion_due_at timestamptz,
  add column version integer not null default 1;
create index workspaces_deletion on latchkey.workspaces (deletion_due_at) where deletion_due_at is not null;

alter table latchkey.memberships add column version integer not null default 1;
-- A page of members begins where the one before ended.
create index memberships_order on latchkey.memberships (workspace_id, created_at, user_id);

-- What they did stays in the workspace's log, and can be read there as long as they are not erased.
create table latchkey.former_members (
  workspace_id uuid not null references latchkey.workspaces on delete cascade,
  user_id uuid not null references latchkey.users on delete cascade,
  left_at timestamptz not null,
  primary key (workspace_id, user_id)
);
create index former_members_user on latchkey.former_members (user_id);

-- A deleted workspace's log is kept as long as its retention says, and so is the key that opens it.
create table latchkey.deleted_workspaces (
  id uuid primary key,
  wrapped bytea not null,
  deleted_at timestamptz not null
);
create index deleted_workspaces_order on latchkey.deleted_workspaces (deleted_at);

create table latchkey.roles (
  workspace_id uuid not null references latchkey.workspaces on delete cascade,
  key text not null check (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  name text not null,
  permissions text[] not null,
  created_at timestamptz not null,
  version integer not null default 1,
  primary key (workspace_id, key)
);

create table latchkey.invitations (
  workspace_id uuid not null references latchkey.workspaces on delete cascade,
  id uuid not null,
  address_index bytea not null,
  address_sealed bytea not null,
  roles text[] not null,
  token_hash bytea not null unique,
  invited_by uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by uuid,
  revoked_at timestamptz,
  primary key (workspace_id, id)
);
-- One open invitation for an address: a new one takes the place of the one before.
create unique index invitations_open on latchkey.invitations (workspace_id, address_index)
  where accepted_at is null and revoked_at is null;
create index invitations_address on latchkey.invitations (address_index);
create index invitations_order on latchkey.invitations (workspace_id, created_at, id);
create index invitations_expiry on latchkey.invitations (expires_at);
`
