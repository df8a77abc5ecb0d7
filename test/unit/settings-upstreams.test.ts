import { describe, expect, test } from 'vitest'
import { loadSettings } from '../../config/load.ts'
import { listConnections } from '../../provider/connections/list.ts'
import { refusalOf } from '../support/refused-settings.ts'

const google = { GOOGLE_CLIENT_ID: 'google-id', GOOGLE_CLIENT_SECRET: 'google-secret' }
const microsoft = { MICROSOFT_CLIENT_ID: 'microsoft-id', MICROSOFT_CLIENT_SECRET: 'microsoft-secret' }

/** The same environment with a config file of this content. */
function beside(environment: Record<string, string>, content: string): Parameters<typeof loadSettings> {
  return [{ ...environment, LATCHKEY_CONFIG: 'latchkey.yaml' }, () => content]
}

test('an upstream is there where its id and secret are', () => {
  expect(listConnections(loadSettings({}).upstreams)).toEqual([])
  expect(listConnections(loadSettings(google).upstreams)).toMatchObject([
    { id: 'google', clientId: 'google-id', secret: 'google-secret', issuer: 'https://accounts.google.com', mfa: 'ignored' },
  ])
  expect(listConnections(loadSettings({ ...google, ...microsoft }).upstreams)).toMatchObject([
    { id: 'google' },
    { id: 'microsoft', clientId: 'microsoft-id', issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' },
  ])
})

test.each([
  ['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET'],
  ['GOOGLE_CLIENT_SECRET', 'GOOGLE_CLIENT_ID'],
  ['MICROSOFT_CLIENT_ID', 'MICROSOFT_CLIENT_SECRET'],
  ['MICROSOFT_CLIENT_SECRET', 'MICROSOFT_CLIENT_ID'],
])('%s alone stops the start', (given, missing) => {
  expect(refusalOf({ [given]: 'hunter2' })).toBe(
    `${missing}: expected what belongs to ${given}, because that is given; nothing was given.`,
  )
})

test('secrets are read from files', () => {
  const environment = { GOOGLE_CLIENT_ID: 'google-id', GOOGLE_CLIENT_SECRET_FILE: '/run/secrets/google' }
  expect(loadSettings(environment, () => 'from the file\n').upstreams.google?.secret).toBe('from the file')
})

describe('the config file', () => {
  test('says more of an upstream', () => {
    const content = `
upstreams:
  google: { issuer: 'http://127.0.0.1:4100', mfa: counts, hosted_domain: corp.example }
  microsoft:
    issuer: http://127.0.0.1:4200/{tenantid}/v2.0
    tenants: [aaaaaaaa-1111-4111-8111-111111111111, personal]
`
    expect(listConnections(loadSettings(...beside({ ...google, ...microsoft }, content)).upstreams)).toMatchObject([
      { issuer: 'http://127.0.0.1:4100', mfa: 'counts', parameters: { hd: 'corp.example' } },
      { issuer: 'http://127.0.0.1:4200/{tenantid}/v2.0', authority: 'http://127.0.0.1:4200/common/v2.0', mfa: 'ignored' },
    ])
  })

  test('makes none of itself', () => {
    expect(loadSettings(...beside({}, 'upstreams: { google: { mfa: counts } }')).upstreams).toEqual({})
  })

  test.each([
    ['upstreams: hunter2', 'upstreams: expected keys with values, was given something else.'],
    ['upstreams: { google: hunter2 }', 'upstreams, google: expected keys with values, was given something else.'],
    ['upstreams: { gogle: {} }', 'upstreams: gogle: there is no such key. The keys are: google, microsoft.'],
    [
      'upstreams: { google: { hosteddomain: x } }',
      'upstreams, google: hosteddomain: there is no such key. The keys are: issuer, mfa, hosted_domain.',
    ],
    ['upstreams: { google: { mfa: true } }', 'upstreams, google, mfa: expected counts or ignored, was given something else.'],
    ['upstreams: { google: { issuer: "http://evil.example" } }', 'upstreams, google, issuer: expected an issuer such as'],
    ['upstreams: { google: { issuer: "https://id.example/" } }', 'upstreams, google, issuer: expected an issuer such as'],
    ['upstreams: { google: { issuer: "https://a:b@id.example" } }', 'upstreams, google, issuer: expected an issuer such as'],
    ['upstreams: { google: { issuer: 7 } }', 'upstreams, google, issuer: expected an issuer such as'],
    ['upstreams: { google: { hosted_domain: "@corp" } }', 'upstreams, google, hosted_domain: expected a domain such as'],
    ['upstreams: { microsoft: { issuer: "https://id.example/v2.0" } }', 'upstreams, microsoft, issuer: expected an issuer with'],
    ['upstreams: { microsoft: { issuer: "https://{tenantid}/v2.0" } }', 'upstreams, microsoft, issuer: expected an issuer with'],
    ['upstreams: { microsoft: { tenants: [] } }', 'upstreams, microsoft, tenants: expected at least one tenant id'],
    ['upstreams: { microsoft: { tenants: hunter2 } }', 'upstreams, microsoft, tenants: expected a list of tenant ids'],
    ['upstreams: { microsoft: { tenants: [hunter2] } }', 'upstreams, microsoft, tenants, entry 1: expected a tenant id'],
  ])('%s: %s', (content, complaint) => {
    const refusal = refusalOf(...(beside({}, content) as Parameters<typeof refusalOf>)) // without undefined, as written above
    expect(refusal).toContain(complaint)
    expect(refusal).not.toContain('hunter2')
  })
})
