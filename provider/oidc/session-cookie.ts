/** What the browser is told of the cookie that holds a session. Its value is 256 bits that nobody can guess: it needs no signature. */
export const sessionCookie = { httpOnly: true, secure: true, sameSite: 'lax', path: '/', signed: false } as const
