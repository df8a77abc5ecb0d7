import { IntlMessageFormat } from 'intl-messageformat'
import type { ComponentChildren, VNode } from 'preact'
import type { Catalogue, MessageArguments, MessageKey } from './locales/catalogue.ts'
import { de } from './locales/de.ts'
import { en } from './locales/en.ts'
import { fr } from './locales/fr.ts'
import { it } from './locales/it.ts'
import type { Locale } from './page-context.ts'

export const catalogues: Record<Locale, Catalogue> = { en, de, fr, it }

/** Speaks one language. */
export interface Speaker {
  locale: Locale
  /** A message as plain text. */
  say<Key extends MessageKey>(key: Key, ...values: MessageArguments<Key, string | number>): string
  /** A message in which arguments may be elements. */
  show<Key extends MessageKey>(key: Key, ...values: MessageArguments<Key, string | number | VNode>): ComponentChildren
}

const compiled = new Map<string, IntlMessageFormat>()

function findFormat(locale: Locale, key: MessageKey): IntlMessageFormat {
  const id = `${locale} ${key}`
  const known = compiled.get(id)
  if (known) return known
  const format = new IntlMessageFormat(catalogues[locale][key], locale, undefined, { ignoreTag: true })
  compiled.set(id, format)
  return format
}

/** The speaker of a language. */
export function speak(locale: Locale): Speaker {
  return {
    locale,
    say: (key, ...values) => String(findFormat(locale, key).format(values[0])),
    show: (key, ...values) => findFormat(locale, key).format<VNode>(values[0]),
  }
}
