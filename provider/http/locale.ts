import { type Locale, locales } from '../../views/page-context.ts'
import type { Context } from './context.ts'
import { readHostCookie, writeHostCookie } from './host-cookie.ts'

const cookieName = '__Host-language'
const lifetimeMilliseconds = 365 * 24 * 60 * 60 * 1000

/**
 * The first language of the lists that we speak, each in order of preference; English for everybody else.
 */
export function chooseLocale(...preferences: ReadonlyArray<readonly string[]>): Locale {
  for (const tag of preferences.flat()) {
    const language = tag.toLowerCase().split('-')[0]
    const spoken = locales.find(locale => locale === language)
    if (spoken !== undefined) return spoken
  }
  return 'en'
}

/**
 * The language for this request: what the person chose on one of our pages, then what the app asked for (`ui_locales`, OpenID
 * Connect Core §3.1.2.1), then Accept-Language (RFC 9110 §12.5.4).
 */
export function negotiateLocale(ctx: Context, requestedByApp = ''): Locale {
  const chosen = findChosenLocale(ctx)
  if (chosen !== undefined) return chosen
  const kept = readHostCookie(ctx, cookieName)
  const inQuery = typeof ctx.query['ui_locales'] === 'string' ? ctx.query['ui_locales'] : ''
  return chooseLocale(kept === undefined ? [] : [kept], requestedByApp.split(' '), inQuery.split(' '), ctx.acceptsLanguages())
}

/** Keeps the language that somebody chose by one of our own pages' links. */
export function keepChosenLocale(ctx: Context): void {
  const chosen = findChosenLocale(ctx)
  if (chosen !== undefined) keepLocale(ctx, chosen)
}

/** Keeps a language for this browser's pages. */
export function keepLocale(ctx: Context, locale: Locale): void {
  writeHostCookie(ctx, cookieName, locale, lifetimeMilliseconds)
}

function findChosenLocale(ctx: Context): Locale | undefined {
  const { language } = ctx.query
  return locales.find(locale => locale === language)
}
