import { hashSecret, newSecret } from '../kernel/secrets.ts'
import type { Context } from './context.ts'
import { readHostCookie, writeHostCookie } from './host-cookie.ts'

const cookieName = '__Host-browser'
/** As long as browsers keep any cookie (RFC 6265bis §5.5), so that none that is bound to this one outlives it. */
const lifetimeMilliseconds = 400 * 24 * 60 * 60 * 1000

/**
 * Names the browser, and nothing else: a random value that attempts remember as a hash, so that what began in one browser
 * is not finished in another. It says nothing about who somebody is and is good for nothing alone.
 */
export function findBrowser(ctx: Pick<Context, 'cookies'>): Buffer | undefined {
  const value = readHostCookie(ctx, cookieName)
  return value === undefined ? undefined : hashSecret(value)
}

/** The same; a browser that has no name yet gets one. */
export function recogniseBrowser(ctx: Pick<Context, 'cookies'>): Buffer {
  return findBrowser(ctx) ?? nameBrowser(ctx, newSecret())
}

/** The same, and the name's time begins anew: for what lives long and is bound to the browser. */
export function renewBrowser(ctx: Pick<Context, 'cookies'>): Buffer {
  return nameBrowser(ctx, readHostCookie(ctx, cookieName) ?? newSecret())
}

function nameBrowser(ctx: Pick<Context, 'cookies'>, value: string): Buffer {
  writeHostCookie(ctx, cookieName, value, lifetimeMilliseconds)
  return hashSecret(value)
}

/** Stands for a browser that sent no name: it equals none that anything remembers, and none that will be. */
export function unknownBrowser(): Buffer {
  return hashSecret(newSecret())
}
