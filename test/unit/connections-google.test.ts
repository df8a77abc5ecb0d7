import { describe, expect, test } from 'vitest'
import type { Claims } from '../../provider/connections/connection.ts'
import { createGoogleConnection, type GoogleOptions } from '../../provider/connections/google.ts'

const issuer = 'https://accounts.google.com'
const person: Claims = {
  iss: issuer,
  sub: '108000000000000000001',
  email: 'ada@gmail.com',
  email_verified: true,
  name: 'Ada Example',
}

function interpret(claims: Claims, options: Partial<GoogleOptions> = {}) {
  return createGoogleConnection({ clientId: 'id', secret: 'secret', ...options }).interpret(claims)
}

/** Whether Google is the authority for the address that these claims hold; undefined where they hold none that is of use. */
function vouchedFor(claims: Claims): boolean | undefined {
  const account = interpret({ ...person, ...claims })
  if (account.kind === 'refused') throw new Error(account.reason)
  return account.address?.vouched
}

test('an account is known by issuer and subject, whatever else changes', () => {
  expect(interpret(person)).toEqual({
    kind: 'upstream',
    connection: 'google',
    issuer,
    subject: '108000000000000000001',
    address: { value: 'ada@gmail.com', vouched: true },
    name: 'Ada Example',
    pinned: {},
    multiFactor: false,
  })
  expect(interpret({ ...person, email: 'ada@elsewhere.example', name: 'Ada Married' })).toMatchObject({
    issuer,
    subject: '108000000000000000001',
    address: { value: 'ada@elsewhere.example', vouched: false },
  })
})

describe('Google is the authority for an address', () => {
  test.each<[string, Claims]>([
    ['at gmail.com', { email: 'ada@gmail.com' }],
    ['at googlemail.com', { email: 'ada@googlemail.com' }],
    ['at gmail.com, in any case', { email: 'Ada@GMail.Com' }],
    ['of the Workspace domain that the hd claim names', { email: 'ada@corp.example', hd: 'corp.example' }],
    ['of that domain in any case', { email: 'ada@Corp.Example', hd: 'corp.example' }],
    ['of that domain written in either alphabet', { email: 'ada@bücher.example', hd: 'xn--bcher-kva.example' }],
  ])('%s', (_name, claims) => {
    expect(vouchedFor(claims)).toBe(true)
    // and never where it has not seen that mail arrives there
    for (const verified of [false, undefined, null, 0, 1, 'true', 'false', {}, []]) {
      expect(vouchedFor({ ...claims, email_verified: verified })).toBe(false)
    }
  })
})

describe('Google is not the authority for an address', () => {
  test.each<[string, Claims]>([
    ['elsewhere, although verified once', { email: 'ada@corp.example' }],
    ['of another domain than hd', { email: 'ada@corp.example', hd: 'evil.example' }],
    ['of a subdomain of hd', { email: 'ada@mail.corp.example', hd: 'corp.example' }],
    ['of a parent of hd', { email: 'ada@corp.example', hd: 'mail.corp.example' }],
    ['that only ends like hd', { email: 'ada@evilcorp.example', hd: 'corp.example' }],
    ['that only ends like gmail.com', { email: 'ada@notgmail.com' }],
    ['of a subdomain of gmail.com', { email: 'ada@mail.gmail.com' }],
    ['at gmail.com with a dot at its end', { email: 'ada@gmail.com.' }],
    ['that looks like gmail.com', { email: 'ada@gmаil.com' }],
    ['with an empty hd', { email: 'ada@corp.example', hd: '' }],
    ['with an hd that is no text', { email: 'ada@corp.example', hd: ['corp.example'] }],
    ['with an hd that holds more', { email: 'ada@corp.example', hd: 'corp.example evil.example' }],
  ])('%s', (_name, claims) => {
    expect(vouchedFor(claims)).toBe(false)
  })
})

test.each([
  undefined,
  null,
  '',
  7,
  ['ada@gmail.com'],
  'gmail.com',
  '@gmail.com',
  'ada@',
  'ada@gmail',
  'ada@evil.example@gmail.com',
  '"ada@evil.example"@gmail.com',
  'ada@evil.example,bob@gmail.com',
  'ada @gmail.com',
  'ada@gmail.com\r\nBcc: x',
  'Ada <ada@gmail.com>',
  `${'a'.repeat(250)}@gmail.com`,
])('%j is no address', email => {
  expect(vouchedFor({ email })).toBe(undefined)
})

describe('an installation for one Workspace domain', () => {
  const options = { hostedDomain: 'Corp.Example' }

  test('wishes for its accounts in the request', () => {
    expect(createGoogleConnection({ clientId: 'id', secret: 's', ...options }).parameters).toEqual({ hd: 'corp.example' })
    expect(createGoogleConnection({ clientId: 'id', secret: 's' }).parameters).toEqual({})
  })

  test('takes them', () => {
    expect(interpret({ ...person, email: 'ada@corp.example', hd: 'corp.example' }, options)).toMatchObject({
      kind: 'upstream',
      address: { vouched: true },
    })
  })

  test.each([undefined, null, '', 'evil.example', 'corp.example.evil.example', 'mail.corp.example', ['corp.example'], true])(
    'refuses others, because the wish proves nothing: hd %j',
    hd => {
      expect(interpret({ ...person, email: 'ada@corp.example', hd }, options)).toEqual({
        kind: 'refused',
        reason: 'account-not-allowed',
      })
    },
  )
})

test.each<Claims>([
  { sub: undefined },
  { sub: '' },
  { sub: 7 },
  { sub: ['x'] },
  { sub: 'x'.repeat(256) },
  { iss: undefined },
  { iss: 'accounts.google.com' },
  { iss: 'https://accounts.google.com/' },
  { iss: 'https://accounts.google.com.evil.example' },
])('%j is nobody', claims => {
  expect(interpret({ ...person, ...claims })).toEqual({ kind: 'refused', reason: 'token-unacceptable' })
})

test.each([
  [undefined, undefined],
  [7, undefined],
  ['', undefined],
  [' \u202e\u0000 ', undefined],
  ['Ada\r\nBcc: x', 'Ada Bcc: x'],
  ['Ada\u202egnp.exe', 'Ada gnp.exe'],
  ['x'.repeat(300), 'x'.repeat(200)],
  [`${'x'.repeat(199)}😀`, 'x'.repeat(199)],
])('the name %j is shown as %j', (name, shown) => {
  expect(interpret({ ...person, name })).toMatchObject({ name: shown })
})

test.each<[amr: unknown, counts: boolean]>([
  [['pwd', 'mfa'], true],
  [['mfa'], true],
  [['pwd'], false],
  [[], false],
  [undefined, false],
  ['mfa', false],
  [{ mfa: true }, false],
  [['MFA'], false],
])('amr %j shows several factors where the connection lets it count: %j', (amr, counts) => {
  expect(interpret({ ...person, amr }, { mfa: 'counts' })).toMatchObject({ multiFactor: counts })
  expect(interpret({ ...person, amr }, { mfa: 'ignored' })).toMatchObject({ multiFactor: false })
  expect(interpret({ ...person, amr })).toMatchObject({ multiFactor: false })
})
