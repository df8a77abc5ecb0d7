import type { Locale } from './page-context.ts'
import { tags } from './times.ts'

/** Several things in a sentence: "one, two and three". */
export function formatList(locale: Locale, items: readonly string[]): string {
  return new Intl.ListFormat(tags[locale]).format(items)
}
