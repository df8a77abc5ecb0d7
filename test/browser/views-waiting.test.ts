/** The tab that waits, by itself: when it asks, when it rests, when it goes on. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openBrowser } from '../look/open-browser.ts'
import { origin, serveStates, urlOf } from '../look/serve-states.ts'

let browser: Browser
let context: BrowserContext
let page: Page
let asked: number
let answer: { status: number; body: string }

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

beforeEach(async () => {
  context = await browser.newContext()
  await serveStates(context)
  asked = 0
  answer = { status: 200, body: '{}' }
  await context.route('**/state', route => {
    asked += 1
    return route.fulfill({ contentType: 'application/json', ...answer })
  })
  page = await context.newPage()
  await page.clock.install()
  await page.goto(urlOf('en', 'check-mail'))
})
afterEach(() => context.close())

/** Lets the page's own time pass, a second at a time, with room for its answers to come. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await page.clock.runFor(1000)
    await page.evaluate(() => new Promise(resolve => queueMicrotask(() => resolve(undefined))))
    await new Promise(resolve => setTimeout(resolve, 15))
  }
}

test('asks every two seconds, then every four, and stays where it is as long as nothing has happened', async () => {
  await pass(20)
  expect(asked).toBeGreaterThanOrEqual(8)
  expect(asked).toBeLessThanOrEqual(10)
  await page.clock.fastForward(110_000)
  await pass(1)
  const before = asked
  await pass(20)
  expect(asked - before).toBeLessThanOrEqual(6)
  expect(page.url()).toBe(urlOf('en', 'check-mail'))
})

test('goes on as soon as there is somewhere to go, and the back button doesn’t lead to the waiting page', async () => {
  await pass(4)
  answer.body = JSON.stringify({ next: '/en/finished' })
  await page.clock.resume()
  await page.getByRole('heading', { name: 'All done here' }).waitFor()
  expect(await page.evaluate(() => history.length)).toBe(2)
})

test.each(['https://evil.example/', '//evil.example/', 'javascript:alert(1)', 'data:text/html,x'])(
  'goes nowhere but to its own origin: %s',
  async next => {
    answer.body = JSON.stringify({ next })
    await pass(6)
    expect(asked).toBeGreaterThan(0)
    expect(page.url()).toBe(urlOf('en', 'check-mail'))
  },
)

test('asks ever more seldom when the server doesn’t answer, says so after the second time, and recovers', async () => {
  answer = { status: 503, body: '{}' }
  const sentence = page.getByText('We can’t reach the server right now.')
  await pass(3)
  expect(await sentence.isVisible()).toBe(false)
  await pass(57)
  expect(asked).toBeLessThanOrEqual(6)
  expect(await sentence.isVisible()).toBe(true)
  answer = { status: 200, body: '{}' }
  await pass(32)
  expect(await sentence.isVisible()).toBe(false)
})

test('rests while it is hidden, and asks at once when it is seen again', async () => {
  const show = (hidden: boolean) =>
    page.evaluate(value => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => value })
      document.dispatchEvent(new Event('visibilitychange'))
    }, hidden)
  await pass(3)
  await show(true)
  await pass(2)
  const before = asked
  await pass(30)
  expect(asked).toBe(before)
  await show(false)
  await pass(1)
  expect(asked).toBe(before + 1)
})

test('keeps what is typed while it waits', async () => {
  await page.getByLabel('Or type the code').fill('bcdf')
  await pass(10)
  expect(await page.getByLabel('Or type the code').inputValue()).toBe('bcdf')
})

test('without script the page reloads itself and offers the code on another page, which doesn’t', async () => {
  const plain = await browser.newContext({ javaScriptEnabled: false })
  await serveStates(plain)
  const waiting = await plain.newPage()
  await waiting.goto(urlOf('en', 'check-mail'))
  expect(await waiting.locator('meta[http-equiv=refresh]').getAttribute('content')).toBe('5; url=/sign-in/a1b2')
  expect(await waiting.getByLabel('Or type the code').isVisible()).toBe(false)
  expect(await waiting.getByRole('link', { name: 'Type the code' }).getAttribute('href')).toBe('/sign-in/a1b2?code')
  await waiting.goto(urlOf('en', 'check-mail-code-without-script'))
  expect(await waiting.locator('meta[http-equiv=refresh]').count()).toBe(0)
  expect(await waiting.getByLabel('Or type the code').isVisible()).toBe(true)
  expect(
    new URL((await waiting.getByRole('link', { name: 'I have used the link' }).getAttribute('href')) ?? '', origin).href,
  ).toBe(`${origin}/sign-in/a1b2`)
  await plain.close()
})
