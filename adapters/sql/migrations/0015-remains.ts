/** What is deleted batch by batch: since when a user is erased, and how far the log of a deleted workspace has been emptied. */
export const remains = `
alter table latchkey.users add column erased_at timestamptz;
alter table latchkey.deleted_workspaces add column emptied_through uuid;
`
