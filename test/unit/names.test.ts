import { describe, expect, it } from 'vitest'
import { readName } from '../../provider/users/names.ts'

const longest = 60

describe('a name that somebody typed', () => {
  it.each([
    ['soft hyphens', '\u00AD\u00AD'],
    ['the fillers of Hangul', '\u3164\u115F\u1160\uFFA0'],
    ['tags', '\u{E0000}\u{E0041}\u{E007F}'],
    ['joiners and variation selectors', '\u200C\u200D\uFE0F'],
    ['marks that turn text around', '\u202E\u2066\u061C'],
    ['the blank of Braille', '\u2800'],
    ['an accent on nothing', '\u0301'],
    ['spaces of all widths', ' \u2003\u3000\t'],
  ])('is empty where nothing of it can be seen: %s', (_what, typed) => {
    expect(readName(typed, longest)).toEqual({ kind: 'empty' })
  })

  it.each([
    ['Anna\u00AD\u3164\u{E0041} Keller', 'Anna Keller'],
    ['Work\u202E laptop', 'Work laptop'],
  ])('goes without what cannot be seen: %j', (typed, name) => {
    expect(readName(typed, longest)).toEqual({ kind: 'name', name })
  })

  it.each(['Zoë', '김민수', 'نرگس\u200Cخانم', '🔑', '👩\u200D💻', '❤\uFE0F', '2'])('stays as it is: %s', name => {
    expect(readName(name, longest)).toEqual({ kind: 'name', name })
  })
})
