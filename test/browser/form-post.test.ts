/** An app that has its answer posted, in a browser with scripts and in one without. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { serverApp, startRequest, type StartedRequest } from '../support/relying-party.ts'
import { newAddress } from './person.ts'
import { type Stage, setStage } from './stage.ts'

const posts: URLSearchParams[] = []
/** 204 keeps a browser on the page where it is. */
let status = 200
const server = createServer((request, response) => {
  void text(request).then(body => {
    if (request.method === 'POST') posts.push(new URLSearchParams(body))
    response.writeHead(status, { 'Content-Type': 'text/html' }).end(status === 200 ? '<h1>Welcome to Ledger</h1>' : undefined)
  })
})
let stage: Stage
let app: typeof serverApp

beforeAll(async () => {
  server.listen(0, 'localhost')
  await once(server, 'listening')
  // Where a server listens by name and port, its address is one.
  const { port } = server.address() as AddressInfo
  app = { ...serverApp, redirect_uris: [`http://localhost:${port}/callback`], post_logout_redirect_uris: [] }
  stage = await setStage([app])
})
afterAll(async () => {
  await stage?.stop()
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  posts.length = 0
  status = 200
})

/** Signs in by the code, up to the page that leads back. */
async function signIn(page: Page, { hasScripts }: { hasScripts: boolean }): Promise<StartedRequest> {
  const address = newAddress()
  const started = await startRequest(stage.issuer, app, { response_mode: 'form_post' })
  await page.goto(started.url)
  await page.getByLabel('E-mail address').fill(address)
  await page.getByRole('button', { name: 'Send me a link' }).click()
  const { code } = await stage.nextMail(address)
  if (!hasScripts) await page.getByRole('link', { name: 'Type the code' }).click()
  await page.getByLabel('Or type the code').fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  return started
}

test('a browser with scripts posts by itself, once', async () => {
  const browser = await stage.openBrowser()
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', message => complaints.push(message.text()))
  const { state } = await signIn(page, { hasScripts: true })
  await page.getByRole('heading', { name: 'Welcome to Ledger' }).waitFor()
  expect(posts.map(post => post.get('state'))).toEqual([state])
  expect(posts[0]?.get('code')).toMatch(/^[\w-]{20,}$/)
  // The policy had nothing to refuse.
  expect(complaints.filter(each => each.includes('Content Security Policy'))).toEqual([])
  await browser.close()
})

test('nothing is left that could be pressed to send the code once more, while the app takes its time', async () => {
  status = 204
  const browser = await stage.openBrowser()
  const page = await browser.newPage()
  await signIn(page, { hasScripts: true })
  await page.getByRole('heading', { name: 'Back to Ledger' }).waitFor()
  await expect.poll(() => posts.length).toBe(1)
  expect(await page.getByRole('button').count()).toBe(0)
  await browser.close()
})

test('a browser without has a button for it', async () => {
  const browser = await stage.openBrowser({ javaScriptEnabled: false })
  const page = await browser.newPage()
  const { state } = await signIn(page, { hasScripts: false })
  await page.getByRole('heading', { name: 'Back to Ledger' }).waitFor()
  expect(posts).toEqual([])
  await page.getByRole('button', { name: 'Continue to Ledger' }).click()
  await page.getByRole('heading', { name: 'Welcome to Ledger' }).waitFor()
  expect(posts.map(post => [...post.keys()])).toEqual([['code', 'state', 'iss']])
  expect(posts[0]?.get('state')).toBe(state)
  await browser.close()
})
