import { describe, expect, it } from 'vitest'
import { buildAssets } from '../../views/assets.ts'
import { locales } from '../../views/page-context.ts'
import { pageStates } from '../look/states.ts'
import { makeHostileContext, makePageContext } from '../look/serve-states.ts'

/** Each element's start tag: its name and its attributes. */
function findTags(html: string): Array<{ name: string; attributes: Map<string, string> }> {
  return [...html.matchAll(/<([a-z][a-z0-9]*)((?:\s+[^\s=>/]+(?:="[^"]*")?)*)\s*\/?>/gi)].map(([, name = '', rest = '']) => ({
    name: name.toLowerCase(),
    attributes: new Map(
      [...rest.matchAll(/([^\s=]+)(?:="([^"]*)")?/g)].map(([, key = '', value = '']): [string, string] => [
        key.toLowerCase(),
        value,
      ]),
    ),
  }))
}

const contexts = { plain: makePageContext, hostile: makeHostileContext }

describe.each(pageStates)('the page $name', ({ render }) => {
  const pages = locales.flatMap(locale =>
    Object.entries(contexts).map(([kind, make]) => ({ kind, locale, html: render(make(locale)) })),
  )

  it('is a whole document in its language, with one heading and a title', () => {
    for (const { html, locale } of pages) {
      expect(html).toMatch(new RegExp(`^<!doctype html><html lang="${locale}">`))
      expect(html.match(/<h1[ >]/g)).toHaveLength(1)
      expect(html).toMatch(/<title>[^<]+<\/title>/)
      expect(html).not.toMatch(/undefined|\[object|NaN/)
    }
  })

  it('has nothing inline that a strict Content-Security-Policy would refuse', () => {
    for (const { html } of pages) {
      for (const { name, attributes } of findTags(html)) {
        expect(name).not.toBe('style')
        expect([...attributes.keys()].filter(key => key === 'style' || key.startsWith('on'))).toEqual([])
        if (name === 'script') expect(attributes.has('src')).toBe(true)
      }
      expect(html).toMatch(/^(?:(?!<script[^>]*>[^<]).)*$/s)
      expect(html).not.toContain('javascript:')
    }
  })

  it('loads nothing from outside', () => {
    for (const { html } of pages) {
      for (const { name, attributes } of findTags(html)) {
        const loaded = name === 'link' ? attributes.get('href') : attributes.get('src')
        expect(loaded ?? '/').toMatch(/^\/(?![/\\])/)
      }
    }
  })

  it('shows what others wrote as text', () => {
    const [plain, hostile] = Object.values(contexts).map(make => findTags(render(make('en'))))
    expect(hostile?.map(({ name }) => name)).toEqual(plain?.map(({ name }) => name))
  })

  it('has each id once, and names only ids that it has', () => {
    for (const { html } of pages) {
      const tags = findTags(html)
      const ids = tags.flatMap(({ attributes }) => attributes.get('id') ?? [])
      expect(new Set(ids).size).toBe(ids.length)
      const named = tags.flatMap(({ attributes }) => [
        attributes.get('for'),
        ...(attributes.get('aria-describedby') ?? '').split(' '),
      ])
      for (const id of named) if (id) expect(ids).toContain(id)
    }
  })
})

describe('a logo', () => {
  const show = (logoUri: string) =>
    pageStates[0]?.render({ ...makePageContext('en'), app: { name: 'Fieldnotes', logoUri } }) ?? ''

  it('is shown from our own origin', () => {
    expect(show('/logos/fieldnotes.svg')).toContain('<img class="mark" src="/logos/fieldnotes.svg" alt ')
  })

  it.each([
    'https://tracker.example/logo.png',
    '//tracker.example/logo.png',
    '/\\tracker.example/logo.png',
    'data:image/png;base64,AA',
  ])('is never loaded from %s', logoUri => {
    expect(show(logoUri)).not.toContain('<img')
    expect(show(logoUri)).toContain('<span class="mark mark-letter" aria-hidden="true">F</span>')
  })
})

it('the first page takes less than 40 KB in all', () => {
  const assets = buildAssets()
  const first = pageStates.find(({ name }) => name === 'address-with-other-ways')?.render(makePageContext('de')) ?? ''
  const bytes = [first, ...Object.values(assets).map(({ body }) => body)].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  expect(first.length).toBeGreaterThan(1000)
  expect(bytes).toBeLessThan(40_000)
})
