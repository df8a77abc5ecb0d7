/** Each code is counted before it is compared, so what is counted are tries. */
export const tries = 'alter table latchkey.email_challenges rename wrong_codes to tries'
