/** The protocol's endpoints read 64 KiB of a body and no more, however its length is told, and say so as the standard has it. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { type RawResponse, sendRaw } from '../support/raw-request.ts'
import { browserApp, serverApp } from '../support/relying-party.ts'
import { protocolPosts } from '../support/route-requests.ts'
import { newAgentBehindProxy } from '../support/sign-in.ts'

let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({
    apps: [browserApp, serverApp],
    on: 'embedded',
    patience: { headersTimeout: 500, requestTimeout: 5_000, connectionsCheckingInterval: 50 },
  })
})
afterAll(() => latchkey?.stop())

/** For programs, and for browsers: these show a page. */
const endpoints = protocolPosts.filter(path => path !== '/device' && path !== '/logout/confirm')
const authorization = `Basic ${btoa(`${serverApp.client_id}:${serverApp.client_secret}`)}`

function headOf(path: string, ...lines: string[]): string {
  const headers = [`Host: ${new URL(latchkey.issuer).host}`, `Authorization: ${authorization}`, 'Accept: application/json']
  const type = 'Content-Type: application/x-www-form-urlencoded'
  return `${[`POST ${path} HTTP/1.1`, ...headers, type, ...lines].join('\r\n')}\r\n\r\n`
}

function expectTooLarge({ status, headers, body }: RawResponse): void {
  expect(status).toBe(413)
  expect(headers['content-type']).toMatch(/^application\/json/)
  expect(JSON.parse(body)).toEqual({ error: 'invalid_request', error_description: 'The request is too large.' })
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
}

const chunk = `2000\r\n${'a'.repeat(0x2000)}\r\n`

describe.each(endpoints)('%s', path => {
  it('refuses what says that it is too long, without waiting for it', async () => {
    expectTooLarge(await sendRaw(latchkey.issuer, headOf(path, 'Content-Length: 1000000000')))
    expectTooLarge(await sendRaw(latchkey.issuer, [headOf(path, `Content-Length: ${64 * 1024 + 1}`), 'a'.repeat(64 * 1024 + 1)]))
  })

  it('refuses what comes in chunks, as soon as it is too long', async () => {
    const pieces = [headOf(path, 'Transfer-Encoding: chunked'), ...Array<string>(9).fill(chunk)]
    expectTooLarge(await sendRaw(latchkey.issuer, pieces))
  })

  it('lets nobody go on sending who has been refused', async () => {
    const { hostname, port } = new URL(latchkey.issuer)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.resume()
    const closed = new Promise(resolve => socket.once('close', resolve))
    const began = performance.now()
    socket.write(headOf(path, 'Transfer-Encoding: chunked'))
    const endless = setInterval(() => socket.write(chunk), 5)
    await closed
    clearInterval(endless)
    expect(performance.now() - began).toBeLessThan(3_000)
  })

  it('takes what is longer than it says as the next request, which it is not', async () => {
    const { hostname, port } = new URL(latchkey.issuer)
    const socket = connect(Number(port), hostname)
    let answers = ''
    socket.setEncoding('latin1').on('data', (text: string) => {
      answers += text
    })
    socket.write(headOf(path, 'Content-Length: 3') + 'a=bc&grant_type=client_credentials&client_id=ledger\r\n\r\n')
    await once(socket, 'close')
    expect(answers).not.toContain('access_token')
    expect(answers).toMatch(/HTTP\/1\.1 400 Bad Request\r\n(?:.+\r\n)+\r\nBad Request\n$/)
  })
})

it('a body that is shorter than it says is waited for no longer than any request', async () => {
  const pieces = (path: string) => [headOf(path, 'Content-Length: 100'), 'grant_type=']
  const answers = await Promise.all(endpoints.map(path => sendRaw(latchkey.issuer, pieces(path))))
  expect(answers.map(({ status }) => status)).toEqual(endpoints.map(() => 408))
})

it.each(endpoints)('%s shows a person a page', async path => {
  const answer = await newAgentBehindProxy().post(`${latchkey.issuer}${path}`, { state: 'a'.repeat(70_000) })
  expect(answer.status).toBe(413)
  expect(answer.body).toContain('<h1>')
})

it('an ordinary client reads the answer, although it is still sending', async () => {
  const body = new URLSearchParams({ state: 'a'.repeat(3_000_000) })
  for (let time = 0; time < 20; time += 1) {
    const answer = await fetch(`${latchkey.issuer}/token`, { method: 'POST', body })
    expect(answer.status).toBe(413)
  }
})
