/** Passes that admins give to members whose factors they have reset. With the membership the pass ends, too. */
export const accessPasses = `
create table latchkey.access_passes (
  workspace_id uuid not null,
  user_id uuid not null unique,
  pass_hash bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (workspace_id, user_id),
  foreign key (workspace_id, user_id) references latchkey.memberships (workspace_id, user_id) on delete cascade
);
`
