/** Whatever a stranger sends, a line of the log is one that we wrote, and it holds nothing that was a secret. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Installation, startInstallation } from '../support/processes.ts'
import { sendRaw } from '../support/raw-request.ts'
import { browserApp, serverApp } from '../support/relying-party.ts'

let installation: Installation

beforeAll(async () => {
  installation = await startInstallation({
    apps: [browserApp, serverApp],
    nodes: 1,
    on: 'embedded',
    environment: { LOG_LEVEL: 'debug', TRUSTED_PROXIES: '1' },
  })
})
afterAll(() => installation?.stop())

const forged = '{"level":"error","message":"forged"}'
const secret = 'a-secret-that-nobody-may-read-in-a-log'

/** Each is a line break to somebody: to a terminal, to a log collector, to a JSON parser of lines, or to a screen. */
const breaks = ['\n', '\r\n', '\r', '\u2028', '\u0085', '\u000b', '\u001b[2K\u001b[1G', '\u0000', '\\n', '"}\n']

it('no request forges a line', async () => {
  const host = new URL(installation.issuer).host
  for (const each of breaks) {
    const text = encodeURIComponent(`x${each}${forged}${each}${secret}`)
    // As bytes, in headers, where HTTP allows all but the end of a line.
    const raw = Buffer.from(`x${each.replaceAll(/[\r\n\0]/g, '\t')}${forged} ${secret}`).toString('latin1')
    const form = ['client_id', 'client_secret', 'token', 'code', 'state', 'grant_type', 'refresh_token', 'scope', 'address']
    const body = form.map(name => `${name}=${text}`).join('&')
    const headers = [
      `Host: ${host}`,
      `User-Agent: ${raw}`,
      `Accept-Language: ${raw}`,
      `X-Forwarded-For: ${raw}`,
      'Connection: close',
    ]
    const sent = ['/token', '/par', '/introspect', '/revoke', '/logout', `/sign-in/${text}/email`, `/link/${text}`]
    for (const path of sent) {
      const type = `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}`
      const proof = [
        `Authorization: Basic ${raw}`,
        `DPoP: ${raw}`,
        `Cookie: __Host-session=${raw}`,
        `Origin: ${installation.issuer}`,
      ]
      const head = [`POST ${path} HTTP/1.1`, ...headers, ...proof, type].join('\r\n')
      expect((await sendRaw(installation.issuer, `${head}\r\n\r\n${body}`)).status).toBeLessThan(500)
    }
    for (const path of [`/authorize?${body}`, `/${text}`, `/link/${text}`, `/sign-in/${text}/state`]) {
      expect(
        (await sendRaw(installation.issuer, `${[`GET ${path} HTTP/1.1`, ...headers].join('\r\n')}\r\n\r\n`)).status,
      ).toBeLessThan(500)
    }
    await sendRaw(installation.issuer, `GET / HTTP/1.1\r\nHost: ${raw}\r\n\r\n`)
  }
  const all = installation.output().trim().split('\n')
  // Told to whoever starts it, and logged nowhere.
  const lines = all.filter(line => !line.startsWith('First set-up, '))
  expect(all.length - lines.length).toBe(1)
  expect(lines.length).toBeGreaterThan(2)
  for (const line of lines) {
    const said: unknown = JSON.parse(line)
    expect(said).toMatchObject({ time: expect.anything(), level: expect.anything(), message: expect.any(String) })
    expect(said).not.toMatchObject({ message: 'forged' })
    // What is left of a control character is its escape.
    expect(line).not.toMatch(/[\p{Cc}\u2028]/u)
  }
  expect(installation.output()).not.toContain(secret)
})
