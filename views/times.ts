import type { Locale } from './page-context.ts'

/** As which a language writes what varies by region. */
export const tags: Record<Locale, string> = { en: 'en-GB', de: 'de', fr: 'fr', it: 'it' }

/** A moment in the language's own form, with its zone: "20 November 2025 at 14:05 UTC". */
export function formatMoment(locale: Locale, moment: Date, timeZone = 'UTC'): string {
  const format = remember(`moment ${locale} ${timeZone}`, () => {
    return new Intl.DateTimeFormat(tags[locale], {
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZone,
      timeZoneName: 'short',
    })
  })
  return writeFirst(locale, format.format(moment))
}

// Making a format costs a hundred times what using it costs, and there are as many as languages and zones.
const formats = new Map<string, unknown>()

function remember<Format>(name: string, make: () => Format): Format {
  const format = formats.get(name) ?? make()
  formats.set(name, format)
  // A name stands for one kind of format, so what was kept under it is what `make` makes.
  return format as Format
}

/** A day in the language's own form: "20 November 2025". */
export function formatDay(locale: Locale, moment: Date, timeZone = 'UTC'): string {
  const format = remember(`day ${locale} ${timeZone}`, () => {
    return new Intl.DateTimeFormat(tags[locale], { day: 'numeric', month: 'long', year: 'numeric', timeZone })
  })
  return writeFirst(locale, format.format(moment))
}

/** French and Italian say "the first", which the formats don't know. */
function writeFirst(locale: Locale, text: string): string {
  if (locale === 'fr') return text.replace(/^1 /, '1er ')
  return locale === 'it' ? text.replace(/^1 /, '1º ') : text
}

/** The same where it matters to no second: "now", "2 minutes ago". */
export function formatRoughAge(locale: Locale, moment: Date, now: Date): string {
  if (now.getTime() - moment.getTime() >= 60_000) return formatAge(locale, moment, now)
  return remember(`now ${locale}`, () => new Intl.RelativeTimeFormat(tags[locale], { numeric: 'auto' })).format(0, 'second')
}

/** How long ago a moment was, in words: "2 minutes ago". */
export function formatAge(locale: Locale, moment: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - moment.getTime()) / 1000))
  const words = remember(`age ${locale}`, () => new Intl.RelativeTimeFormat(tags[locale], { numeric: 'always' }))
  const [amount, unit] = inLargestUnit(seconds)
  return words.format(-amount, unit)
}

/** A length of time in words, rounded up so that nobody comes back too early: "2 minutes". */
export function formatDuration(locale: Locale, seconds: number): string {
  const [amount, unit] = inLargestUnit(Math.max(1, Math.ceil(seconds)), Math.ceil)
  return new Intl.NumberFormat(tags[locale], { style: 'unit', unit, unitDisplay: 'long' }).format(amount)
}

type Unit = 'second' | 'minute' | 'hour' | 'day' | 'month'

function inLargestUnit(seconds: number, round: (amount: number) => number = Math.floor): [number, Unit] {
  if (seconds < 60) return [seconds, 'second']
  if (seconds < 3600) return [round(seconds / 60), 'minute']
  if (seconds < 2 * 86_400) return [round(seconds / 3600), 'hour']
  if (seconds < 90 * 86_400) return [round(seconds / 86_400), 'day']
  return [round(seconds / (30.44 * 86_400)), 'month']
}
