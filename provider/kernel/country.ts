/** A country's name in a language (BCP 47), by its code (ISO 3166-1 alpha-2); undefined where it is no country's. */
export function nameCountry(code: string, language: string): string | undefined {
  // "XX" and "ZZ" stand for countries that nobody knows.
  if (!/^[A-Z]{2}$/.test(code) || code === 'XX' || code === 'ZZ') return undefined
  return new Intl.DisplayNames([language], { type: 'region', fallback: 'none' }).of(code)
}
