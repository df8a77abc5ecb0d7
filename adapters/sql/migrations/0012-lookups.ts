/** What is looked for once a table is large: a user's attempts to erase, workspaces page by page, a claim whose key is renewed. */
export const lookups = `
create index attempts_user on latchkey.attempts (user_id) where user_id is not null;
create index workspaces_order on latchkey.workspaces (created_at, id);
create unique index address_claims_id on latchkey.address_claims (id);
`
