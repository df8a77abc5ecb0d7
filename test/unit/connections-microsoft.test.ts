import { describe, expect, test } from 'vitest'
import { type Claims, redirectUriOf } from '../../provider/connections/connection.ts'
import { listConnections } from '../../provider/connections/list.ts'
import { createMicrosoftConnection, type MicrosoftOptions } from '../../provider/connections/microsoft.ts'

const ours = 'aaaaaaaa-1111-4111-8111-111111111111'
const theirs = '22222222-2222-4222-8222-222222222222'
const personal = '9188040d-6c67-4c5b-b112-36a304b66dad'
const oid = '33333333-3333-4333-8333-333333333333'

function issuerOf(tenant: string): string {
  return `https://login.microsoftonline.com/${tenant}/v2.0`
}

const person: Claims = {
  iss: issuerOf(ours),
  tid: ours,
  oid,
  sub: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
  email: 'ada@corp.example',
  xms_edov: true,
  name: 'Ada Example',
}

function connect(options: Partial<MicrosoftOptions> = {}) {
  return createMicrosoftConnection({ clientId: 'id', secret: 'secret', ...options })
}

test('an account is known by issuer and subject, with tenant and object beside, whatever its address is', () => {
  expect(connect().interpret(person)).toEqual({
    kind: 'upstream',
    connection: 'microsoft',
    issuer: issuerOf(ours),
    subject: person['sub'],
    address: { value: 'ada@corp.example', vouched: true },
    name: 'Ada Example',
    pinned: { tid: ours, oid },
    multiFactor: false,
  })
  expect(connect().interpret({ ...person, email: 'ada@new.example' })).toMatchObject({ subject: person['sub'], pinned: { oid } })
})

describe('an address is unverified unless xms_edov says otherwise', () => {
  test.each([undefined, null, false, 0, 1, '', '0', '1', 'false', 'true', 'True', [], [true], {}])('%j does not', xms_edov => {
    expect(connect().interpret({ ...person, xms_edov })).toMatchObject({ address: { value: 'ada@corp.example', vouched: false } })
  })

  test('nor does any other claim', () => {
    const claims = {
      ...person,
      xms_edov: false,
      email_verified: true,
      verified_primary_email: ['ada@corp.example'],
      hd: 'corp.example',
    }
    expect(connect().interpret(claims)).toMatchObject({ address: { vouched: false } })
  })

  test('what a person is called there is no address', () => {
    expect(connect().interpret({ ...person, email: undefined, preferred_username: 'ada@corp.example' })).toMatchObject({
      address: undefined,
    })
  })
})

describe('who issued a token and whose account it is have to agree', () => {
  test.each<[string, Claims]>([
    ['a tid of another organisation', { tid: theirs }],
    ['an issuer of another organisation', { iss: issuerOf(theirs) }],
    ['the template itself', { iss: issuerOf('{tenantid}') }],
    ['a template as tid', { iss: issuerOf('{tenantid}'), tid: '{tenantid}' }],
    ['common as tid', { iss: issuerOf('common'), tid: 'common' }],
    ['a tid that ends the path', { iss: 'https://login.microsoftonline.com/x?/v2.0', tid: 'x?' }],
    ['a pattern as tid', { iss: issuerOf(ours), tid: '$&' }],
    ['a tid in another spelling', { iss: issuerOf(ours.toUpperCase()), tid: ours.toUpperCase() }],
    ['no tid', { tid: undefined }],
    ['a list as tid', { tid: [ours] }],
    ['no issuer', { iss: undefined }],
    ['an issuer elsewhere', { iss: `https://login.evil.example/${ours}/v2.0` }],
    ['an issuer of the first version', { iss: `https://sts.windows.net/${ours}/` }],
    ['no oid', { oid: undefined }],
    ['an oid that is none', { oid: 'ada' }],
    ['no subject', { sub: undefined }],
  ])('%s', (_name, claims) => {
    for (const options of [{}, { tenants: [ours] }, { tenants: [ours, theirs] }]) {
      expect(connect(options).interpret({ ...person, ...claims })).toEqual({ kind: 'refused', reason: 'token-unacceptable' })
    }
  })
})

describe('tenants', () => {
  function inTenant(tid: string, tenants: string[] | undefined) {
    return connect({ tenants }).interpret({ ...person, tid, iss: issuerOf(tid) })
  }

  test.each<[string, string, string[] | undefined]>([
    ['any organisation, without a list', theirs, undefined],
    ['a personal account, without a list', personal, undefined],
    ['the only organisation of the list', ours, [ours]],
    ['one of the list', theirs, [ours, theirs]],
    ['one of the list in another spelling', ours, [ours.toUpperCase()]],
    ['a personal account where the list names them', personal, [ours, 'personal']],
  ])('%s is taken', (_name, tid, tenants) => {
    expect(inTenant(tid, tenants)).toMatchObject({ kind: 'upstream', pinned: { tid } })
  })

  test.each<[string, string, string[]]>([
    ['another organisation', theirs, [ours]],
    ['a personal account', personal, [ours]],
    ['an organisation where only personal accounts are wanted', ours, ['personal']],
  ])('%s is refused', (_name, tid, tenants) => {
    expect(inTenant(tid, tenants)).toEqual({ kind: 'refused', reason: 'account-not-allowed' })
  })

  test('a personal account is no more verified than any other', () => {
    expect(connect().interpret({ ...person, tid: personal, iss: issuerOf(personal), xms_edov: undefined })).toMatchObject({
      address: { vouched: false },
    })
  })

  test('one organisation is asked at its own address, several at the common one', () => {
    expect(connect({ tenants: [ours] })).toMatchObject({ issuer: issuerOf(ours), authority: issuerOf(ours) })
    expect(connect({ tenants: ['personal'] })).toMatchObject({ issuer: issuerOf(personal) })
    for (const tenants of [undefined, [ours, theirs]]) {
      expect(connect({ tenants })).toMatchObject({ issuer: issuerOf('{tenantid}'), authority: issuerOf('common') })
    }
  })
})

test('several factors there count where the connection lets them', () => {
  const claims = { ...person, amr: ['pwd', 'mfa'] }
  expect(connect({ mfa: 'counts' }).interpret(claims)).toMatchObject({ multiFactor: true })
  expect(connect().interpret(claims)).toMatchObject({ multiFactor: false })
})

test('connections are those that are configured, each with a redirect URI of its own', () => {
  const google = { clientId: 'google-id', secret: 'google-secret' }
  const microsoft = { clientId: 'microsoft-id', secret: 'microsoft-secret' }
  const uris = (...parts: Parameters<typeof listConnections>) =>
    listConnections(...parts).map(connection => redirectUriOf('https://id.example.com', connection))
  expect(uris({})).toEqual([])
  expect(uris({ microsoft })).toEqual(['https://id.example.com/callback/microsoft'])
  expect(uris({ google, microsoft })).toEqual([
    'https://id.example.com/callback/google',
    'https://id.example.com/callback/microsoft',
  ])
})
