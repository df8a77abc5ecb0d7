/** Addresses that nobody has proved by our own mail yet: an upstream, named here, said whose they are. */
export const vouchedAddresses = `
alter table latchkey.user_addresses add column vouched_by text;
`
