/// <reference lib="dom" />
/** First sign-ins with Google and Microsoft in a real browser, there and back across sites, with what a person sees on the way. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { googlePerson, microsoftPerson, startFederation } from '../support/federation.ts'
import { browserApp, linkIn, startRequest } from '../support/relying-party.ts'
import { expectMails } from '../support/sign-in.ts'

let app = browserApp
let product: Server
let federation: Awaited<ReturnType<typeof startFederation>>
let chrome: Browser
let browser: BrowserContext

beforeAll(async () => {
  product = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end('<!doctype html><title>Product</title><h1>The product</h1>')
  }).listen(0, '127.0.0.1')
  await once(product, 'listening')
  const origin = `http://127.0.0.1:${(product.address() as AddressInfo).port}` // as a listening TCP server has it
  app = {
    ...browserApp,
    redirect_uris: [`${origin}/callback`],
    post_logout_redirect_uris: [],
    origins: [],
    refresh_token_delivery: 'body',
  }
  federation = await startFederation({ apps: [app] })
  chrome = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
})
afterAll(async () => {
  await chrome?.close()
  await federation?.stop()
  product?.closeAllConnections()
  product?.close()
})
beforeEach(async () => {
  browser = await chrome.newContext({ locale: 'en-GB' })
  federation.google.consent = 'ask'
  federation.microsoft.consent = 'ask'
})
afterEach(() => browser.close())

async function leave(service: 'Google' | 'Microsoft'): Promise<Page> {
  const page = await browser.newPage()
  await page.goto((await startRequest(federation.latchkey.issuer, app)).url)
  await page.getByRole('button', { name: `Continue with ${service}` }).click()
  await page.getByRole('button', { name: 'Continue' }).waitFor()
  return page
}

async function expectArrived(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'The product' }).waitFor()
  expect(new URL(page.url()).searchParams.has('code')).toBe(true)
}

test('the first time with Google: there, yes, and in the product', async () => {
  federation.google.person = googlePerson()
  const page = await leave('Google')
  expect(new URL(page.url()).origin).toBe(federation.google.origin)
  await page.getByRole('button', { name: 'Continue' }).click()
  await expectArrived(page)
  // The next time this browser offers first what was used last.
  const again = await browser.newPage()
  await again.goto((await startRequest(federation.latchkey.issuer, app, { prompt: 'login' })).url)
  expect(await again.locator('.other-ways button').first().textContent()).toBe('Continue with Google')
})

test('the first time with Microsoft: the address is proved by our mail, and the person says yes to the link', async () => {
  const person = microsoftPerson({ xms_edov: undefined })
  federation.microsoft.person = person
  const page = await leave('Microsoft')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Confirm your e-mail address' }).waitFor()
  expect(await page.getByLabel('E-mail address').inputValue()).toBe(person.email)
  const nextMail = expectMails(federation.latchkey, person.email)
  await page.getByRole('button', { name: 'Send me a link' }).click()
  await page.getByRole('heading', { name: 'Check your e-mail' }).waitFor()
  const link = await browser.newPage()
  await link.goto(linkIn((await nextMail()).text))
  await link.getByRole('button', { name: 'Sign in to Fieldnotes' }).click()
  // The tab where it began goes on by itself.
  await page.getByRole('heading', { name: /^Link your Microsoft account to/ }).waitFor()
  await page.getByRole('button', { name: 'Yes, link it' }).click()
  await expectArrived(page)
})

test('who says no there finds another way', async () => {
  federation.google.person = googlePerson()
  const page = await leave('Google')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('heading', { name: 'You didn’t go on at Google' }).waitFor()
  expect(new URL(page.url()).search).toBe('')
  await page.getByRole('button', { name: 'Use another way' }).click()
  await page.getByLabel('E-mail address').waitFor()
})

test('who comes back with the back button can go on, or choose another way', async () => {
  federation.google.person = googlePerson()
  const page = await leave('Google')
  await page.goBack()
  await page.reload()
  await page.getByRole('button', { name: 'Continue with Google' }).click()
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
  await expectArrived(page)
})
