/**
 * Data keys that are being renewed, each until nothing is sealed under its old generations. The audit log is walked once for all of
 * them, in laps; a data key is through when a whole lap has begun and ended after everything else of its owner was done.
 */
export const dataKeyRotations = `
create table latchkey.data_key_rotations (
  user_id uuid references latchkey.users on delete cascade,
  workspace_id uuid references latchkey.workspaces on delete cascade,
  owner_kind text not null generated always as (case when user_id is null then 'workspace' else 'user' end) stored,
  owner_id uuid not null generated always as (coalesce(user_id, workspace_id)) stored,
  phase text not null check (phase in ('requested', 'published', 'events')),
  due_at timestamptz not null,
  generation integer,
  lap bigint,
  resealed bigint not null default 0,
  primary key (owner_kind, owner_id),
  check (num_nonnulls(user_id, workspace_id) = 1)
);
create index data_key_rotations_user on latchkey.data_key_rotations (user_id);
create index data_key_rotations_workspace on latchkey.data_key_rotations (workspace_id);
create index data_key_rotations_due on latchkey.data_key_rotations (due_at) where phase <> 'events';
create index data_key_rotations_lap on latchkey.data_key_rotations (lap) where phase = 'events';

create table latchkey.event_resealing (
  id smallint primary key default 1 check (id = 1),
  laps bigint not null default 0,
  event_id uuid
);
insert into latchkey.event_resealing default values;
`
