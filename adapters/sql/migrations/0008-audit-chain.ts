/**
 * The audit log's chains. What is written beside an event, in its own statement, is one row of audit_unsealed; everything else is
 * the sequencer's, behind the writers. Actor and target are ids, for finding: what they say of a person opens like all of it.
 */
export const auditChain = `
alter table latchkey.audit_events
  add column actor text,
  add column target text;
create index audit_events_workspace on latchkey.audit_events (workspace_id, occurred_at, id) where workspace_id is not null;
create index audit_events_action on latchkey.audit_events (workspace_id, action, occurred_at, id) where workspace_id is not null;
create index audit_events_actor on latchkey.audit_events (workspace_id, actor, occurred_at, id) where workspace_id is not null;
create index audit_events_target on latchkey.audit_events (workspace_id, target, occurred_at, id) where workspace_id is not null;
create index audit_events_user on latchkey.audit_events (workspace_id, user_id, occurred_at, id) where workspace_id is not null;

create table latchkey.audit_unsealed (
  event_id uuid primary key,
  chain_id uuid not null
);
-- What was recorded before there were chains begins them.
alter table latchkey.audit_events no force row level security;
insert into latchkey.audit_unsealed
  select id, coalesce(workspace_id, '00000000-0000-0000-0000-000000000000') from latchkey.audit_events;
alter table latchkey.audit_events force row level security;

create table latchkey.audit_chains (
  chain_id uuid primary key,
  position bigint not null,
  link bytea not null,
  checkpointed_position bigint not null default 0
) with (fillfactor = 50);
create index audit_chains_moved on latchkey.audit_chains (chain_id) where position > checkpointed_position;

create table latchkey.audit_links (
  chain_id uuid not null,
  position bigint not null,
  event_id uuid not null unique,
  link bytea not null,
  primary key (chain_id, position)
);

-- The last one of each day: all of them leave the database as they are made.
create table latchkey.audit_checkpoints (
  chain_id uuid not null,
  made_on date not null,
  position bigint not null,
  made_at timestamptz not null,
  signed text not null,
  primary key (chain_id, made_on)
);

create table latchkey.audit_keys (
  kid text primary key,
  private_jwk_sealed bytea not null,
  created_at timestamptz not null
);

-- How far the sweep has come that empties what was kept long enough.
create table latchkey.audit_retention (
  class text primary key,
  event_id uuid not null
);
`
