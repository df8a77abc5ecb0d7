/// <reference lib="dom" />
/** What is pasted elsewhere has a button that copies it, where a script runs and the browser has a clipboard; else it can be read. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../look/open-browser.ts'
import { serveStates, urlOf } from '../look/serve-states.ts'
import { copyBy } from './page-checks.ts'

let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

async function openState(state: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options)
  await serveStates(context)
  const page = await context.newPage()
  await page.goto(urlOf('en', state))
  return page
}

test('the pass is copied as it is, and seen by nobody before it is asked for', async () => {
  const page = await openState('console-member-access-pass')
  const pass = page.getByText('K7QM-2XHD-9TRB-4WEN')
  expect(await copyBy(page, 'Copy: Temporary pass')).toBe('K7QM-2XHD-9TRB-4WEN')
  expect(await pass.isVisible()).toBe(false)
  await page.getByText('Show the pass').press('Enter')
  expect(await pass.isVisible()).toBe(true)
  await page.context().close()
})

test('where the browser refuses, the page says so', async () => {
  const page = await openState('console-member-access-pass')
  const session = await page.context().newCDPSession(page)
  const { browserContextId } = (await session.send('Target.getTargetInfo')).targetInfo
  const denied = { permission: { name: 'clipboard-write' }, setting: 'denied' } as const
  await session.send('Browser.setPermission', { ...denied, ...(browserContextId && { browserContextId }) })
  await page.getByRole('button', { name: 'Copy: Temporary pass' }).click()
  await page.getByText('The browser doesn’t let us copy.').waitFor()
  expect(await page.getByText('Copied.').isVisible()).toBe(false)
  await page.context().close()
})

test.each(['console-member-access-pass', 'enrol-totp', 'recovery-codes', 'api-reference'])(
  'without script there is no such button on %s',
  async state => {
    const page = await openState(state, { javaScriptEnabled: false })
    expect(await page.locator('[data-copy]').count()).toBe(1)
    expect(await page.getByRole('button', { name: 'Copy' }).count()).toBe(0)
    await page.context().close()
  },
)

test('without script the pass can be shown', async () => {
  const page = await openState('console-member-access-pass', { javaScriptEnabled: false })
  await page.getByText('Show the pass').click()
  expect(await page.getByText('K7QM-2XHD-9TRB-4WEN').isVisible()).toBe(true)
  await page.context().close()
})
