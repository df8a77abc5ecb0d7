import { describe, expect, it } from 'vitest'
import { groupCode, newRecoveryCode, readRecoveryCode } from '../../provider/recovery-codes/codes.ts'
import { waitAfter } from '../../provider/users/factor-tries.ts'

describe('a recovery code', () => {
  it('is sixteen of thirty-two letters and digits, 80 bits, without those that look alike', () => {
    const codes = Array.from({ length: 2000 }, newRecoveryCode)
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/)
    expect(new Set(codes).size).toBe(codes.length)
    expect(new Set(codes.join('')).size).toBe(32)
  })

  it('is shown in groups of four', () => {
    expect(groupCode('0123456789ABCDEF')).toBe('0123-4567-89AB-CDEF')
  })

  it.each([
    ['0123-4567-89AB-CDEF'],
    ['0123456789abcdef'],
    [' 0123 4567 89ab cdef '],
    ['0123–4567—89AB‑CDEF'],
    ['O123-4567-89AB-CDEF'],
    ['oI23-4567-89AB-CDEF'],
    ['0l23-4567-89AB-CDEF'],
    ['０１２３－４５６７－８９ＡＢ－ＣＤＥＦ'],
  ])('is understood as %j', typed => {
    expect(readRecoveryCode(typed)).toBe('0123456789ABCDEF')
  })

  it.each(['', '0123-4567-89AB-CDE', '0123-4567-89AB-CDEF-0', 'U123-4567-89AB-CDEF', '0123-4567-89AB-CDE!', 'a'.repeat(10_000)])(
    'is not %j',
    typed => {
      expect(readRecoveryCode(typed)).toBeUndefined()
    },
  )
})

describe('after failures in a row', () => {
  it('the first four cost nothing, then each wait is longer, up to a quarter of an hour', () => {
    const waits = Array.from({ length: 14 }, (_, failures) => waitAfter(failures))
    expect(waits).toEqual([0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900])
    expect(waitAfter(1_000_000)).toBe(900)
  })
})
