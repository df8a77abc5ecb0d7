/// <reference lib="dom" />
/** An authenticator app in a browser: set up, asked for, and what is left when the phone is gone. */
import { readFile } from 'node:fs/promises'
import { generateSync } from 'otplib'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { copyBy } from './page-checks.ts'
import { askForMail, expectHeading, expectSignedIn, newAddress, signOut } from './person.ts'
import { type Stage, setStage } from './stage.ts'

let stage: Stage
let browser: BrowserContext

beforeAll(async () => {
  stage = await setStage([], { REQUIRED_LEVEL: 'any-second-factor' })
})
afterAll(() => stage?.stop())
beforeEach(async () => {
  browser = await stage.openBrowser()
})
afterEach(() => browser.close())

/** What the app on the phone shows, `steps` half minutes from now. */
const codeOf = (key: string, steps = 0) => generateSync({ secret: key, epoch: Math.floor(Date.now() / 1000) + steps * 30 })

async function typeMailCode(page: Page, address: string): Promise<void> {
  await askForMail(stage, page, address)
  const { code } = await stage.nextMail(address)
  await page.getByLabel('Or type the code').fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('set up because it is required, then asked for, and a recovery code once the phone is gone', async () => {
  const complaints: string[] = []
  const page = await browser.newPage()
  page.on('console', message => complaints.push(message.text()))
  const address = newAddress()

  await typeMailCode(page, address)
  await expectHeading(page, 'One more step to set up')
  await page.getByRole('link', { name: 'Set up an authenticator app' }).click()
  await expectHeading(page, 'Set up an authenticator app')

  // The picture is drawn, dark on light, and is named for whoever doesn't see it.
  const picture = page.locator('svg.qr-code')
  expect(await picture.evaluate(svg => svg.getBoundingClientRect().width)).toBeGreaterThan(150)
  expect(await picture.locator('path').evaluate(path => getComputedStyle(path).fill)).toBe('rgb(0, 0, 0)')
  expect(await picture.locator('title').textContent()).toContain('QR code for your authenticator app')

  // What is copied is the key and nothing else.
  await page.locator('.typed-key').click()
  const copied = await page.evaluate(() => getSelection()?.toString().replaceAll('\n', '') ?? '')
  expect(copied).toMatch(/^[A-Z2-7]{32}$/)
  expect(await copyBy(page, 'Copy: Key')).toBe(copied)

  await page.getByLabel('Then type the code').fill(codeOf(copied, -1))
  await page.getByRole('button', { name: 'Confirm' }).click()
  await expectHeading(page, 'Keep your recovery codes')
  const codes = await page.locator('.recovery-codes code').allTextContents()
  expect(codes).toHaveLength(10)
  expect((await copyBy(page, 'Copy: Recovery codes')).split('\n')).toEqual(codes)

  // Saved without a script, and on paper nothing but the codes.
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download the codes' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('recovery-codes.txt')
  expect((await readFile(await download.path(), 'utf8')).trim().split('\n').slice(2)).toEqual(codes)
  await page.emulateMedia({ media: 'print' })
  expect(await page.getByRole('button', { name: 'I have kept them' }).isVisible()).toBe(false)
  expect(await page.getByText(`Recovery codes for ${address}`).isVisible()).toBe(true)
  expect(await page.locator('.recovery-codes code').first().isVisible()).toBe(true)
  await page.emulateMedia({ media: 'screen' })

  await page.reload()
  expect(await page.locator('.recovery-codes code').allTextContents()).toEqual(codes)
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await expectSignedIn(stage, page, address)

  await signOut(stage, page)
  await typeMailCode(page, address)
  await expectHeading(page, 'Type the code from your authenticator app')
  await page.getByLabel('Code', { exact: true }).fill('abcdef')
  await page.keyboard.press('Enter')
  await page.getByText('has six digits and nothing else').waitFor()
  await page.getByLabel('Code', { exact: true }).fill(codeOf(copied))
  await page.keyboard.press('Enter')
  await expectSignedIn(stage, page, address)

  await signOut(stage, page)
  await typeMailCode(page, address)
  await page.getByRole('link', { name: 'Use a recovery code' }).click()
  await page.getByLabel('Recovery code').fill(codes[4]?.toLowerCase() ?? '')
  await page.getByRole('button', { name: 'Continue' }).click()
  await expectHeading(page, 'You’re in, and one recovery code is used up')
  await page.getByText('You have 9 recovery codes left.').waitFor()
  await page.getByRole('button', { name: 'Continue' }).click()
  await expectSignedIn(stage, page, address)

  expect(complaints.filter(text => /Content Security Policy|Refused/i.test(text))).toEqual([])
})
