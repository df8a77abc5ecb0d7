import type { Context } from './context.ts'

/*
 * A cookie of our own, under a name that begins with `__Host-` (RFC 6265bis §4.1.3.2): only this host can have set it, over https,
 * and no script reads it. It is not signed, so what it says is taken for nothing but what anybody may say.
 */

/** What the browser sent; undefined where that is nothing. */
export function readHostCookie(ctx: Pick<Context, 'cookies'>, name: `__Host-${string}`): string | undefined {
  const value = ctx.cookies.get(name, { signed: false })
  return value === '' ? undefined : value
}

export function writeHostCookie(
  ctx: Pick<Context, 'cookies'>,
  name: `__Host-${string}`,
  value: string,
  lifetimeMilliseconds: number,
): void {
  ctx.cookies.set(name, value, {
    httpOnly: true,
    secure: true,
    sameSite: 'lax',
    path: '/',
    maxAge: lifetimeMilliseconds,
    signed: false,
  })
}
