/// <reference lib="dom" />
/** Staying signed in to the sample product, in every tab, and signing out. */
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { claim, countdownSeconds, expectHeading, expectSignedIn, newAddress, signInByCode, signOut } from './person.ts'
import { type Stage, setStage } from './stage.ts'

let stage: Stage
let browser: BrowserContext

beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage?.stop())

beforeEach(async () => {
  browser = await stage.openBrowser()
})
afterEach(() => browser.close())

describe('signed in', () => {
  let page: Page
  let address: string

  beforeEach(async () => {
    address = newAddress()
    page = await browser.newPage()
  })

  test('the token counts down from one hour, names the workspace, and opens the API', async () => {
    await signInByCode(stage, page, address)
    const first = countdownSeconds(await page.getByRole('timer').textContent())
    expect(first).toBeGreaterThan(3590)
    expect(first).toBeLessThanOrEqual(3600)
    await expect
      .poll(async () => countdownSeconds(await page.getByRole('timer').textContent()), { timeout: 5000 })
      .toBeLessThan(first)

    expect(await claim(page, 'iss')).toBe(stage.issuer)
    expect(await claim(page, 'aud')).toBe(`fieldnotes, ${stage.issuer}`)
    expect(await claim(page, 'typ')).toBe('at+jwt')
    expect(await page.locator('#roles').textContent()).toBe('admin')

    await page.getByRole('button', { name: 'Call the API' }).click()
    await page.getByText(/answered 200 with 0 notes/).waitFor()
    await page.getByLabel('New note').fill('<b>Heron</b>, at first light')
    await page.getByRole('button', { name: 'Add note' }).click()
    await page.getByRole('listitem').filter({ hasText: '<b>Heron</b>, at first light' }).waitFor()
  })

  test('a refresh gives a new token, and a reload stays signed in', async () => {
    await signInByCode(stage, page, address)
    const before = await claim(page, 'jti')
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await page.getByText('Refreshed: this is a new token.').waitFor()
    expect(await claim(page, 'jti')).not.toBe(before)
    await page.reload()
    await expectSignedIn(stage, page, address)
  })

  test('another tab is signed in at once, both refresh together, and sign-out ends both', async () => {
    await signInByCode(stage, page, address)
    const second = await browser.newPage()
    await second.goto(stage.product)
    await expectSignedIn(stage, second, address)
    for (let round = 0; round < 3; round += 1) {
      await Promise.all([page, second].map(tab => tab.getByRole('button', { name: 'Refresh now' }).click()))
      await Promise.all([page, second].map(tab => tab.getByText('Refreshed: this is a new token.').waitFor()))
      await Promise.all([page, second].map(tab => tab.reload()))
      await Promise.all([page, second].map(tab => expectSignedIn(stage, tab, address)))
    }

    await signOut(stage, page)
    await second.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(await browser.cookies(`${stage.issuer}/token`)).not.toContainEqual(
      expect.objectContaining({ name: expect.stringContaining('__Secure-refresh') }),
    )
    await second.getByRole('button', { name: 'Sign in' }).click()
    await expectHeading(second, 'Sign in to Fieldnotes')
  })

  test('two minutes before the end it refreshes by itself', async () => {
    await page.clock.install()
    await signInByCode(stage, page, address)
    const before = await claim(page, 'jti')
    await page.clock.fastForward('57:00')
    expect(await claim(page, 'jti')).toBe(before)
    await page.clock.fastForward('01:30')
    await expect.poll(() => claim(page, 'jti'), { timeout: 5000 }).not.toBe(before)
    expect(countdownSeconds(await page.getByRole('timer').textContent())).toBeGreaterThan(3590)
  })

  test('a session that has ended is told, and a new sign-in leads on', async () => {
    await signInByCode(stage, page, address)
    await browser.clearCookies()
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await expectHeading(page, 'Your session has ended')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expectHeading(page, 'Sign in to Fieldnotes')
  })

  test('a tab never wakes up as somebody else', async () => {
    await signInByCode(stage, page, address)
    const kept = await page.evaluate(() => Object.entries<string>(sessionStorage))
    await signOut(stage, page)
    const other = newAddress()
    await signInByCode(stage, page, other)
    const asleep = await browser.newPage()
    await asleep.addInitScript(entries => {
      for (const [name, value] of entries) sessionStorage.setItem(name, value)
    }, kept)
    await asleep.goto(stage.product)
    await expectHeading(asleep, 'Your session has ended')
    await page.reload()
    await expectSignedIn(stage, page, other)
  })

  test('while the issuer is away the person stays signed in, and a reload says what to do', async () => {
    await signInByCode(stage, page, address)
    await browser.route(`${stage.issuer}/**`, route => route.abort('connectionrefused'))
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await page.getByText('You are still signed in').waitFor()
    await page.reload()
    await expectHeading(page, 'The sign-in service can’t be reached')
    await browser.unroute(`${stage.issuer}/**`)
    await page.getByRole('button', { name: 'Try again' }).click()
    await expectSignedIn(stage, page, address)
  })
})
