/** The README's examples, run as they are: a browser app, an API, an app with a server. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createServerApp } from '../examples/server-app.ts'
import { createApi } from '../examples/verify-token.ts'
import { findFreePort } from '../support/servers.ts'
import { type Stage, setStage } from './stage.ts'

const secret = 'a-secret-for-the-test-of-the-examples'

let stage: Stage
let browser: BrowserContext
let browserAppUrl: string
let serverAppUrl: string
const servers: Server[] = []

beforeAll(async () => {
  const [browserAppPort, serverAppPort] = [await findFreePort(), await findFreePort()]
  browserAppUrl = `http://localhost:${browserAppPort}`
  serverAppUrl = `http://localhost:${serverAppPort}`
  stage = await setStage([
    {
      client_id: 'browser-app',
      client_name: 'Browser app',
      token_endpoint_auth_method: 'none',
      redirect_uris: [`${browserAppUrl}/callback`],
      origins: [browserAppUrl],
      refresh_token_delivery: 'cookie',
      first_party: true,
    },
    {
      client_id: 'server-app',
      client_name: 'Server app',
      client_secret: secret,
      redirect_uris: [`${serverAppUrl}/callback`],
      post_logout_redirect_uris: [`${serverAppUrl}/`],
      first_party: true,
    },
  ])
  await keep(createServer(await serveBrowserApp()).listen(browserAppPort, 'localhost'))
  const serverApp = { issuer: stage.issuer, clientId: 'server-app', clientSecret: secret, url: serverAppUrl }
  await keep((await createServerApp(serverApp)).listen(serverAppPort, 'localhost'))
})
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  await stage?.stop()
})

beforeEach(async () => {
  browser = await stage.openBrowser()
})
afterEach(async () => {
  vi.useRealTimers()
  await browser.close()
})

async function keep(server: Server): Promise<void> {
  servers.push(server)
  await once(server, 'listening')
}

/** A page that runs the example and shows the access token that it answers. */
async function serveBrowserApp(): Promise<Parameters<typeof createServer>[1]> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { startBrowserApp } from './browser-app.ts'
        const tokens = await startBrowserApp('${stage.issuer}', 'browser-app')
        if (tokens) document.querySelector('output').textContent = JSON.stringify(tokens)`,
      resolveDir: join(import.meta.dirname, '../examples'),
    },
    bundle: true,
    write: false,
    format: 'esm',
  })
  return (request, response) => {
    const isScript = request.url === '/script.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    response.end(
      isScript ? outputFiles[0]!.contents : '<!doctype html><output></output><script type=module src=/script.js></script>',
    )
  }
}

async function typeCode(page: Page, address: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(address)
  await page.getByRole('button', { name: 'Send me a link' }).click()
  const { code } = await stage.nextMail(address)
  await page.getByLabel('Or type the code').fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

function isRefresh(body: unknown): boolean {
  return body instanceof URLSearchParams && body.get('grant_type') === 'refresh_token'
}

async function readTokens(page: Page): Promise<Record<string, string>> {
  await page.locator('output:not(:empty)').waitFor()
  return JSON.parse((await page.locator('output').textContent()) ?? '{}') as Record<string, string> // as the page wrote it
}

test('the browser app signs in, a reload needs nothing but the cookie, and the API accepts its token', async () => {
  const page = await browser.newPage()
  await page.goto(browserAppUrl)
  await typeCode(page, 'browser@example.com')
  const first = await readTokens(page)
  expect(first).not.toHaveProperty('refresh_token')
  await page.reload()
  const second = await readTokens(page)
  expect(second['access_token']).not.toBe(first['access_token'])

  const apiPort = await findFreePort()
  await keep(createApi({ issuer: stage.issuer, audience: 'browser-app' }).listen(apiPort, 'localhost'))
  const apiUrl = `http://localhost:${apiPort}`
  const answer = await fetch(apiUrl, { headers: { Authorization: `Bearer ${second['access_token']}` } })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({
    caller: expect.any(String),
    workspace: { id: expect.any(String), slug: expect.any(String) },
    roles: ['admin'],
  })

  const sensitive = await fetch(apiUrl, { method: 'DELETE', headers: { Authorization: `Bearer ${second['access_token']}` } })
  expect(sensitive.status).toBe(401)
  expect(sensitive.headers.get('www-authenticate')).toContain('error="insufficient_user_authentication"')

  const refused = await fetch(apiUrl, { headers: { Authorization: `Bearer ${second['id_token']}` } })
  expect(refused.status).toBe(401)
  expect(refused.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
  expect((await fetch(apiUrl)).status).toBe(401)
})

test('the app with a server signs in, refreshes when its token nears the end, and signs out', async () => {
  const page = await browser.newPage()
  await page.goto(`${serverAppUrl}/`)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await typeCode(page, 'server@example.com')
  await page.getByText('Signed in as server@example.com.').waitFor()

  const asked = vi.spyOn(globalThis, 'fetch')
  const countRefreshes = () => asked.mock.calls.filter(([, request]) => isRefresh(request?.body)).length
  await page.reload()
  expect(countRefreshes()).toBe(0)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_570_000 })
  for (let visit = 0; visit < 2; visit += 1) {
    await page.reload()
    await page.getByText('Signed in as server@example.com.').waitFor()
    expect(countRefreshes()).toBe(1)
  }

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
})
