/** From when on what a person proved counts, and in which browser also what was proved before. */
export const proofsFrom = `
alter table latchkey.users
  add column proofs_from timestamptz,
  add column proofs_from_browser bytea;
`
