/** A server-side app of a third party, in a browser that runs no script at all: every page of a sign-in, and consent. */
import type { BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stage, setStage } from './stage.ts'

let stage: Stage
let browser: BrowserContext

beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage?.stop())

beforeEach(async () => {
  browser = await stage.openBrowser({ javaScriptEnabled: false })
})
afterEach(() => browser.close())

test('by the link: the tab where it began continues by itself, asks for consent, and leads back; sign-out too', async () => {
  const address = 'link@example.com'
  const page = await browser.newPage()
  await page.goto(`${stage.product}/ledgerline/`)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail address').fill(address)
  await page.getByRole('button', { name: 'Send me a link' }).click()
  const { link } = await stage.nextMail(address)
  const second = await browser.newPage()
  await second.goto(link)
  await second.getByRole('button', { name: 'Sign in to Ledgerline' }).click()
  await second.getByRole('heading', { name: 'You’re signed in' }).waitFor()

  await page.getByRole('heading', { name: 'Ledgerline asks for access to your account' }).waitFor()
  await page.getByRole('button', { name: 'Allow access' }).click()
  await page.getByText(`Signed in as ${address}.`).waitFor()

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
  expect(page.url()).toBe(`${stage.product}/ledgerline/`)
})

test('by the code; who refuses is not signed in, and the app learns nothing', async () => {
  const address = 'code@example.com'
  const page = await browser.newPage()
  await page.goto(`${stage.product}/ledgerline/`)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail address').fill(address)
  await page.getByRole('button', { name: 'Send me a link' }).click()
  const { code } = await stage.nextMail(address)
  await page.getByRole('link', { name: 'Type the code' }).click()
  await page.getByLabel('Or type the code').fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Ledgerline asks for access to your account' }).waitFor()
  await page.getByRole('button', { name: 'Refuse' }).click()
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
  expect(page.url()).toBe(`${stage.product}/ledgerline/`)
})
