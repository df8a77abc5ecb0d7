/** Links and redirects are built from ISSUER alone. A request that names another host is refused, however it names it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { Agent } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { sendRaw } from '../support/raw-request.ts'
import { browserApp, linkIn, startRequest } from '../support/relying-party.ts'
import { beginSignIn, headingOf } from '../support/sign-in.ts'

const evil = 'evil.example'
let latchkey: RunningLatchkey
let host: string
let port: string

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp] })
  ;({ host, port } = new URL(latchkey.issuer))
})
afterAll(() => latchkey?.stop())

const request = (line: string, ...headers: string[]) =>
  sendRaw(latchkey.issuer, `${[line, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n`)

describe('421', () => {
  it.each([
    ['another host', (): string[] => ['GET / HTTP/1.1', `Host: ${evil}`]],
    ['another port', () => ['GET / HTTP/1.1', 'Host: localhost:1']],
    ['no port', () => ['GET / HTTP/1.1', 'Host: localhost']],
    ['the same machine by number', () => ['GET / HTTP/1.1', `Host: 127.0.0.1:${port}`]],
    ['a subdomain', () => ['GET / HTTP/1.1', `Host: a.${host}`]],
    ['a dot behind', () => ['GET / HTTP/1.1', `Host: localhost.:${port}`]],
    ['a user before', () => ['GET / HTTP/1.1', `Host: ${evil}@${host}`]],
    ['no host', () => ['GET / HTTP/1.1', 'Host:']],
    ['no Host header', () => ['GET / HTTP/1.1']],
    ['no Host header, as before 1997', () => ['GET / HTTP/1.0']],
    ['ours, then another', () => ['GET / HTTP/1.1', `Host: ${host}`, `Host: ${evil}`]],
    ['another, then ours', () => ['GET / HTTP/1.1', `Host: ${evil}`, `Host: ${host}`]],
    ['ours twice', () => ['GET / HTTP/1.1', `Host: ${host}`, `Host: ${host}`]],
    ['a list', () => ['GET / HTTP/1.1', `Host: ${host}, ${evil}`]],
    ['a request line that names another', () => [`GET http://${evil}/ HTTP/1.1`, `Host: ${host}`]],
    ['a request line that names ours, and a header another', () => [`GET http://${host}/ HTTP/1.1`, `Host: ${evil}`]],
    ['a request line with a user', () => [`GET http://${host}@${evil}/ HTTP/1.1`, `Host: ${host}`]],
    ['a request line that is no address', () => ['OPTIONS * HTTP/1.1', `Host: ${host}`]],
    ['another, for the metadata', () => ['GET /.well-known/openid-configuration HTTP/1.1', `Host: ${evil}`]],
    ['another, for a form', () => ['POST /token HTTP/1.1', `Host: ${evil}`, 'Content-Length: 0']],
  ])('%s', async (_what, lines) => {
    // Once read, the metadata are answered before anything else: they are held to the host as well.
    await new Agent().get(`${latchkey.issuer}/.well-known/openid-configuration`)
    const [line = '', ...headers] = lines()
    const answer = await request(line, ...headers)
    expect(answer.status).toBe(421)
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(JSON.stringify(answer)).not.toContain(evil)
  })

  it('is a page to a person, and a problem document to a program', async () => {
    const page = await new Agent().get(latchkey.issuer, { host: evil, 'accept-language': 'fr' })
    expect(page.status).toBe(421)
    expect(headingOf(page)).toBe(speak('fr').say('error.wrong-host.title'))
    const answer = await new Agent().get(latchkey.issuer, { host: evil, accept: 'application/json' })
    expect(JSON.parse(answer.body)).toMatchObject({ status: 421, code: 'wrong-host' })
  })
})

describe('200', () => {
  it.each([
    ['in capitals', (): string[] => ['GET / HTTP/1.1', `Host: LOCALHOST:${port}`]],
    ['in full in the request line', () => [`GET http://${host}/ HTTP/1.1`, `Host: ${host}`]],
  ])('ours %s', async (_what, lines) => {
    const [line = '', ...headers] = lines()
    expect((await request(line, ...headers)).status).toBe(200)
  })
})

describe('what a proxy would say', () => {
  const forged = {
    'x-forwarded-host': evil,
    'x-forwarded-proto': 'https',
    'x-forwarded-server': evil,
    'x-forwarded-port': '1',
    'x-host': evil,
    'x-original-host': evil,
    'x-original-url': '/mailbox',
    'x-rewrite-url': '/mailbox',
    forwarded: `for=1.2.3.4;host=${evil};proto=https`,
  }

  it('is believed nowhere: not in the metadata, not in a page, a redirect or a cookie, not in the mail', async () => {
    const agent = new Agent(undefined, forged)
    const seen: unknown[] = []
    for (const path of ['/.well-known/openid-configuration', '/', '/nowhere', '/.well-known/security.txt', '/health']) {
      const { body, headers } = await agent.get(`${latchkey.issuer}${path}`)
      seen.push(body, headers)
    }
    const { url } = await startRequest(latchkey.issuer, browserApp)
    const first = await agent.get(url)
    seen.push(first.headers)
    const begun = await beginSignIn(latchkey, { agent })
    const mail = await begun.nextMail()
    expect(linkIn(mail.text)).toMatch(new RegExp(`^${latchkey.issuer}/link/`))
    seen.push(mail, begun.waiting)
    const confirmed = await agent.post(linkIn(mail.text))
    const resumed = await agent.get(begun.home)
    const left = await agent.get(resumed.location ?? '')
    seen.push(confirmed, resumed, left)
    expect(JSON.stringify(seen)).not.toContain(evil)
    expect(new URL(first.location ?? '', url).origin).toBe(latchkey.issuer)
  })
})
