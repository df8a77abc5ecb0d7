import { IntlMessageFormat } from 'intl-messageformat'
import { describe, expect, it } from 'vitest'
import { errorTable } from '../../provider/kernel/errors.ts'
import { permissions } from '../../provider/kernel/permissions.ts'
import { en } from '../../views/locales/en.ts'
import type { MessageArguments, MessageKey } from '../../views/locales/catalogue.ts'
import { catalogues, speak } from '../../views/messages.ts'
import { locales } from '../../views/page-context.ts'

/** The arguments that a message asks for when it is put into words, with one of everything and with many. */
function findArguments(message: string): string[] {
  const asked = new Set<string>()
  for (const amount of [1, 5]) {
    const values = new Proxy<Record<string, number>>(
      {},
      { has: (_, name) => Boolean(asked.add(String(name))), get: () => amount },
    )
    new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }).format(values)
  }
  return [...asked].toSorted()
}

const keys = Object.keys(en) as MessageKey[] // a constant object has just its own keys

describe.each(locales)('the catalogue of %s', locale => {
  const catalogue = catalogues[locale]

  it('has the keys of the English one, and no other', () => {
    expect(Object.keys(catalogue).toSorted()).toEqual(keys.toSorted())
  })

  it('asks for the same arguments', () => {
    const askedBy = (each: Record<string, string>) => Object.fromEntries(keys.map(key => [key, findArguments(each[key] ?? '')]))
    expect(askedBy(catalogue)).toEqual(askedBy(en))
  })

  it('begins each branch of a plural with its number, by which the types tell branches from arguments', () => {
    for (const key of keys.filter(each => catalogue[each].includes(', plural,'))) {
      expect(catalogue[key]).toMatch(/\{\w+, plural, (?:\w+ \{# [^{}]+\}\s?){2,}\}/)
    }
  })

  it('is written with typographic marks, since ASCII apostrophes quote in ICU messages', () => {
    expect(keys.filter(key => /['"]|\.\.\.| {2}|^\s|\s$/.test(catalogue[key]))).toEqual([])
    expect(keys.filter(key => catalogue[key].length === 0)).toEqual([])
  })

  it('sets spaces and quotes as the language does', () => {
    const wrong = locale === 'fr' ? /(?<![\u00A0\u202F])[:;?»]|«(?!\u00A0)/ : /\s[:;?]|[\u00A0\u202F]/
    const foreign = { en: /[„«»]/, de: /[«»”]/, fr: /[“”„]/, it: /[“”„]/ }[locale]
    expect(keys.filter(key => wrong.test(catalogue[key]) || foreign.test(catalogue[key]))).toEqual([])
  })

  it('has one word for a workspace', () => {
    const others = {
      en: /tenant/i,
      de: /workspace|arbeitsraum/i,
      fr: /workspace/i,
      it: /workspace|spazi\w? (?:di lavoro|personal)/i,
    }
    // What is typed into a terminal, and the names of arguments, are the same in every language.
    const said = (key: MessageKey) => catalogue[key].replaceAll(/latchkey workspace|\{\w+/g, '')
    expect(keys.filter(key => others[locale].test(said(key)))).toEqual([])
  })

  it('speaks of every error: what happened, and what happens next', () => {
    for (const code of Object.keys(errorTable)) {
      for (const part of ['title', 'happened', 'next']) expect(catalogue).toHaveProperty([`error.${code}.${part}`])
    }
  })

  it('has words for the permissions that Latchkey asks for, and for no others', () => {
    const beginning = 'console.permission.'
    const worded = Object.keys(catalogue).filter(key => key.startsWith(beginning))
    expect(worded.map(key => key.slice(beginning.length)).toSorted()).toEqual([...permissions].toSorted())
  })

  it('never blames, and never shouts', () => {
    const harsh = /invalid|illegal|oops|ungültig|unzulässig|invalide|illégal|non valido|!/i
    expect(keys.filter(key => harsh.test(catalogue[key]))).toEqual([])
  })
})

describe('a message', () => {
  it('counts', () => {
    const say = (locale: (typeof locales)[number], tries: number) => speak(locale).say('check-mail.tries-left', { tries })
    expect(say('en', 1)).toBe('You can try 1 more time.')
    expect(say('de', 2)).toBe('Sie haben noch 2 Versuche.')
    expect(say('fr', 1)).toBe('Il vous reste 1 essai.')
    expect(say('it', 3)).toBe('Può provare ancora 3 volte.')
  })

  it('takes what it needs: the compiler refuses a missing and a foreign argument', () => {
    const needed: MessageArguments<'check-mail.sent', string> = [{ address: 'a', minutes: '10' }]
    // @ts-expect-error minutes is missing
    const missing: MessageArguments<'check-mail.sent', string> = [{ address: 'a' }]
    // @ts-expect-error nothing is asked for
    const foreign: MessageArguments<'check-mail.heading', string> = [{ address: 'a' }]
    expect([needed, missing, foreign]).toHaveLength(3)
    // @ts-expect-error the type says so, and so does the library
    expect(() => speak('en').say('back-to-app', {})).toThrow()
  })
})
