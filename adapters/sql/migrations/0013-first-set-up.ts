/** The link by which a new installation is set up, and how far members have been reminded of what their workspace will require. */
export const firstSetUp = `
-- One row, made here and never deleted, so that what is closed stays closed whatever else is.
create table latchkey.first_set_up (
  id integer primary key check (id = 1),
  nonce bytea,
  token_hash bytea,
  awaited_index bytea,
  workspace_id uuid,
  closed_at timestamptz
);
insert into latchkey.first_set_up (id) values (1);

-- Members are reminded in the order in which they joined: whom was reached last says who is next.
create table latchkey.requirement_reminders (
  workspace_id uuid not null references latchkey.workspaces on delete cascade,
  level text not null check (level in ('any-second-factor', 'phishing-resistant')),
  required_from timestamptz not null,
  days integer not null,
  reached_joined_at timestamptz,
  reached_user_id uuid,
  finished_at timestamptz,
  primary key (workspace_id, level, required_from, days)
);
create index workspaces_requirement on latchkey.workspaces (required_from, id)
  where required_level <> 'none' and required_from is not null;
`
