import { expect, it } from 'vitest'
import { loadSettings } from '../../config/load.ts'
import { checkUpstreams } from '../../provider/command-line/doctor/upstreams.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import { useFakeUpstreams } from '../support/upstream-sign-in.ts'

const { google, microsoft } = useFakeUpstreams()

/** What the doctor says of an installation with both. */
function examine() {
  const environment = {
    GOOGLE_CLIENT_ID: google.clientId,
    GOOGLE_CLIENT_SECRET: google.clientSecret,
    MICROSOFT_CLIENT_ID: microsoft.clientId,
    MICROSOFT_CLIENT_SECRET: microsoft.clientSecret,
    LATCHKEY_CONFIG: 'latchkey.yaml',
  }
  const content = JSON.stringify({ upstreams: { google: { issuer: google.issuer }, microsoft: { issuer: microsoft.issuer } } })
  return checkUpstreams(
    loadSettings(environment, () => content),
    systemClock,
  )
}

it('names the redirect URI of each upstream that is well', async () => {
  expect(await examine()).toMatchObject([
    { subject: 'upstreams', verdict: 'ok', message: expect.stringContaining('http://localhost:3000/callback/google') },
    { subject: 'upstreams', verdict: 'ok', message: expect.stringContaining('http://localhost:3000/callback/microsoft') },
  ])
})

it('tells one that is down from one that is wrong', async () => {
  await google.stop()
  microsoft.publish = document => delete document['jwks_uri']
  expect(await examine()).toMatchObject([
    { verdict: 'problem', message: 'Google cannot be reached.', remedy: expect.stringContaining(google.issuer) },
    { verdict: 'problem', message: 'Microsoft does not publish what a sign-in takes.' },
  ])
})

it('says nothing of what is not configured', async () => {
  expect(await checkUpstreams(loadSettings({}), systemClock)).toEqual([])
})
