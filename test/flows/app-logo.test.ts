import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, startRequest } from '../support/relying-party.ts'
import { findFreePort } from '../support/servers.ts'

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

let latchkey: RunningLatchkey
let elsewhere: Server

beforeAll(async () => {
  const port = await findFreePort()
  elsewhere = createServer((request, response) => {
    const svg = request.url === '/logo.svg'
    response.writeHead(200, { 'content-type': svg ? 'image/svg+xml' : 'image/png' })
    response.end(svg ? '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>' : png)
  }).listen(port)
  const withLogo = (client_id: string, file: string) => ({
    ...browserApp,
    client_id,
    logo_uri: `http://localhost:${port}/${file}`,
  })
  latchkey = await startLatchkey({ apps: [browserApp, withLogo('with-logo', 'logo.png'), withLogo('with-script', 'logo.svg')] })
})
afterAll(async () => {
  await latchkey.stop()
  elsewhere.close()
})

it("shows an app's logo from our own origin, so that nobody else learns who is signing in", async () => {
  const agent = new Agent()
  const started = await startRequest(latchkey.issuer, { ...browserApp, client_id: 'with-logo' })
  const page = await agent.follow(await agent.get(started.url))
  expect(page.body).toContain('src="/apps/with-logo/logo"')
  const logo = await agent.get(`${latchkey.issuer}/apps/with-logo/logo`)
  expect(logo.headers).toMatchObject({
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
    'content-length': String(png.length),
  })
})

it.each(['with-script', 'fieldnotes', 'nobody'])('has no logo for %s: none, no picture, or no app', async clientId => {
  expect((await new Agent().get(`${latchkey.issuer}/apps/${clientId}/logo`)).status).toBe(404)
})
