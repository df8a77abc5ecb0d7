/** Where a sign-in leads back to is kept on the server, from the moment that the app asked: no address that somebody hands on changes it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Response } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { sendRaw } from '../support/raw-request.ts'
import { browserApp, linkIn } from '../support/relying-party.ts'
import { beginSignIn, newAgentBehindProxy, returned } from '../support/sign-in.ts'

const targets = [
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example/',
  '\\\\evil.example',
  '/%09/evil.example',
  'https:evil.example',
  'https:/evil.example',
  'javascript:alert(1)',
  'data:text/html,evil.example',
  'http://localhost:4000.evil.example/callback',
  'http://localhost:4000@evil.example/callback',
  'http://localhost:4000/callback/../../evil.example',
  '%2F%2Fevil.example',
  '//evil.example%2F@localhost:4000/callback',
  'http://localhost:4000/callback#@evil.example/',
]
const names = [
  'next',
  'return',
  'return_to',
  'returnTo',
  'redirect',
  'redirect_uri',
  'redirect_url',
  'continue',
  'url',
  'target',
  'to',
  'goto',
  'rd',
]

let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp], environment: { TRUSTED_PROXIES: '1' } })
})
afterAll(() => latchkey?.stop())

const queryOf = (target: string) => new URLSearchParams(names.map(name => [name, target])).toString()

/** It stays here, or leads to where the app is registered. */
function expectNowhereElse(answer: Response): void {
  expect(answer.body).not.toContain('evil.example')
  if (answer.location === undefined) return
  const { origin, pathname } = new URL(answer.location)
  expect([latchkey.issuer, 'http://localhost:4000']).toContain(origin)
  if (origin !== latchkey.issuer) expect(pathname).toBe('/callback')
}

describe('a sign-in whose every address and form names another way back', () => {
  it.each(targets)('%s', async target => {
    const query = queryOf(target)
    const { agent, home, started, nextMail } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    const form = Object.fromEntries(names.map(name => [name, target]))
    const link = linkIn((await nextMail()).text)
    for (const page of ['', '/state', '/confirmed', '/no-account']) expectNowhereElse(await agent.get(`${home}${page}?${query}`))
    expectNowhereElse(await agent.get(`${link}?${query}`))
    expectNowhereElse(await agent.post(`${link}?${query}`, form))
    expectNowhereElse(await agent.post(`${home}/continue?${query}`, form))
    expectNowhereElse(await agent.post(`${home}/restart?${query}`, form))
    const resumed = await agent.get(`${home}?${query}`)
    expectNowhereElse(resumed)
    const left = await agent.get(`${resumed.location}?${query}`)
    expect(left.location?.startsWith(`${browserApp.redirect_uris[0]}?`)).toBe(true)
    expect(returned(left)?.get('state')).toBe(started.state)
    expectNowhereElse(await agent.post(`${home}/restart?${query}`, form))
  })
})

describe('a path that browsers could read as another host', () => {
  it.each([
    '//evil.example/',
    '//evil.example/sign-in/x',
    '/\\evil.example/',
    '/%5Cevil.example/',
    '/.//evil.example',
    '/sign-in/..//evil.example',
    '///evil.example',
    '/link//evil.example',
  ])('%s leads nowhere', async path => {
    const request = [`GET ${path} HTTP/1.1`, `Host: ${new URL(latchkey.issuer).host}`, 'Connection: close']
    const answer = await sendRaw(latchkey.issuer, `${request.join('\r\n')}\r\n\r\n`)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.headers['location']).toBeUndefined()
    expect(answer.body).not.toMatch(/href="\/[\\/]/)
  })
})
