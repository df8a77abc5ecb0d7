/** The languages that Latchkey speaks, the first being the one for everybody else. */
export const locales = ['en', 'de', 'fr', 'it'] as const

export type Locale = (typeof locales)[number]

/**
 * The first language of the lists that we speak. Lists come in order of preference: `ui_locales` (OpenID Connect Core §3.1.2.1,
 * separated by spaces), a choice that was kept, Accept-Language (RFC 9110 §12.5.4) already sorted by weight.
 */
export function chooseLocale(...preferences: ReadonlyArray<readonly string[]>): Locale {
  for (const tag of preferences.flat()) {
    const language = tag.toLowerCase().split('-')[0]
    const spoken = locales.find((locale) => locale === language)
    if (spoken !== undefined) return spoken
  }
  return locales[0]
}
