import { describe, expect, it } from 'vitest'
import { findStep, keyOf, keyUriOf, newTotpSecret, readCode } from '../../provider/totp/codes.ts'

/** RFC 6238, appendix B: SHA-1 with this secret. Its codes have eight digits; the six that we show are their last (RFC 4226 §5.3). */
const secret = Buffer.from('12345678901234567890')
const vectors: Array<[seconds: number, code: string]> = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
]
const at = (seconds: number) => new Date(seconds * 1000)

describe('RFC 6238', () => {
  it.each(vectors)('at %d seconds the code is %s', (seconds, code) => {
    expect(findStep(secret, code.slice(-6), at(seconds))).toEqual({ step: Math.floor(seconds / 30), near: true })
  })

  it.each(vectors.slice(1))(
    'the code of %d seconds is near one step to either side, far up to ten, and then unknown',
    (seconds, code) => {
      const step = Math.floor(seconds / 30)
      for (const [away, near] of [
        [-30, true],
        [30, true],
        [-60, false],
        [60, false],
        [-300, false],
        [300, false],
      ] as const)
        expect(findStep(secret, code.slice(-6), at(seconds + away))).toEqual({ step, near })
      expect(findStep(secret, code.slice(-6), at(seconds + 330))).toBeUndefined()
      expect(findStep(secret, code.slice(-6), at(seconds - 330))).toBeUndefined()
    },
  )
})

describe('a secret', () => {
  it('is 160 bits, another one each time', () => {
    expect(newTotpSecret()).toHaveLength(20)
    expect(newTotpSecret()).not.toEqual(newTotpSecret())
  })

  it('is typed as 32 letters of base32, without padding', () => {
    expect(keyOf(secret)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  })

  it('is said to the app with issuer and account', () => {
    const uri = new URL(keyUriOf(secret, { issuer: 'Meadow: Software & Sons', account: 'anna+home@example.com' }))
    expect(uri.protocol).toBe('otpauth:')
    expect(uri.host).toBe('totp')
    expect(decodeURIComponent(uri.pathname)).toBe('/Meadow  Software & Sons:anna+home@example.com')
    expect(uri.searchParams.get('secret')).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
    expect(uri.searchParams.get('issuer')).toBe('Meadow  Software & Sons')
  })
})

describe('what is typed', () => {
  it.each([['123456'], [' 123 456 '], ['123-456'], ['12\u00A03\u200945\u200B6'], ['１２３４５６'], ['1 2 3 4 5 6\n']])(
    '%j are six digits',
    typed => {
      expect(readCode(typed)).toEqual({ kind: 'code', code: '123456' })
    },
  )

  it.each(['', '   ', '\u200B', '-'])('%j is nothing', typed => {
    expect(readCode(typed)).toEqual({ kind: 'empty' })
  })

  it.each(['12345', '1234567', 'abcdef', '12345O', 'O12345', '1e3456', '١٢٣٤٥٦', '²³⁴⁵⁶⁷x', '1'.repeat(10_000)])(
    '%j is not',
    typed => {
      expect(readCode(typed)).toEqual({ kind: 'not-six-digits' })
    },
  )
})
