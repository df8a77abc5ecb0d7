/** From when on what a person proved counts in the one browser that was excepted last: what was void there before stays so. */
export const proofsFromThere = `
alter table latchkey.users
  add column proofs_from_there timestamptz;
`
