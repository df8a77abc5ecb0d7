import { hashSecret, newSecret } from '../kernel/secrets.ts'
import type { Context } from './context.ts'

const cookieName = '__Host-browser'
const lifetimeMilliseconds = 365 * 24 * 60 * 60 * 1000

/**
 * Names the browser, and nothing else: a random value that attempts remember as a hash, so that what began in one browser
 * is not finished in another. It says nothing about who somebody is and is good for nothing alone.
 */
export function findBrowser(ctx: Pick<Context, 'cookies'>): Buffer | undefined {
  const value = ctx.cookies.get(cookieName, { signed: false })
  return value === undefined || value === '' ? undefined : hashSecret(value)
}

/** The same; a browser that has no name yet gets one. */
export function recogniseBrowser(ctx: Pick<Context, 'cookies'>): Buffer {
  const known = findBrowser(ctx)
  if (known !== undefined) return known
  const value = newSecret()
  ctx.cookies.set(cookieName, value, {
    httpOnly: true,
    secure: true,
    sameSite: 'lax',
    path: '/',
    maxAge: lifetimeMilliseconds,
    signed: false,
  })
  return hashSecret(value)
}

/** Stands for a browser that sent no name: it equals none that anything remembers, and none that will be. */
export function unknownBrowser(): Buffer {
  return hashSecret(newSecret())
}
