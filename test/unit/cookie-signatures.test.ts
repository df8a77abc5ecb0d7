import { expect, test } from 'vitest'
import { createCookieSigner } from '../../provider/oidc/cookie-signatures.ts'

const signer = createCookieSigner('a key of ours')
const cookie = '__Secure-interaction=uid-of-an-interaction'

test('a cookie is good with its own signature, in the form that browsers hold already', () => {
  // What keygrip made of the same key and cookie.
  expect(signer.sign(cookie)).toBe('ywGxdnGmF-u_yX3V9KBPgP5I4HU')
  expect(signer.index(cookie, signer.sign(cookie))).toBe(0)
  expect(signer.verify(cookie, signer.sign(cookie))).toBe(true)
})

test.each([
  ['none', ''],
  ["another cookie's", signer.sign('__Secure-interaction=another')],
  ["another key's", createCookieSigner('another key').sign(cookie)],
  ['one that is cut short', signer.sign(cookie).slice(0, -1)],
  ['one with something behind it', `${signer.sign(cookie)}=`],
])('a cookie is refused with %s', (_, signature) => {
  expect(signer.index(cookie, signature)).toBe(-1)
  expect(signer.verify(cookie, signature)).toBe(false)
})
