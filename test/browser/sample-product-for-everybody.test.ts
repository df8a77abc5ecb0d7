/// <reference lib="dom" />
/** The sample product for whoever uses it: screen reader, dark mode, a small window. */
import { AxeBuilder } from '@axe-core/playwright'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { askForMail, expectHeading, newAddress, openProduct, signInByCode } from './person.ts'
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

describe('for everybody', () => {
  test.each(['light', 'dark'] as const)('nothing for axe to find, in %s', async colorScheme => {
    const page = await browser.newPage()
    await page.emulateMedia({ colorScheme })
    await openProduct(stage, page)
    expect(await findBarriers(page)).toEqual([])
    await signInByCode(stage, page, newAddress())
    expect(await findBarriers(page)).toEqual([])
    await browser.clearCookies()
    await page.reload()
    await expectHeading(page, 'Your session has ended')
    expect(await findBarriers(page)).toEqual([])
  })

  test('its logo is on the pages of signing in, from the issuer itself', async () => {
    const page = await browser.newPage()
    await askForMail(stage, page, newAddress())
    const logo = page.locator('img.mark')
    await expect.poll(() => logo.evaluate(image => (image as HTMLImageElement).naturalWidth)).toBe(120)
    expect(await logo.getAttribute('src')).toBe('/apps/fieldnotes/logo')
  })

  test('320 pixels are wide enough', async () => {
    const page = await browser.newPage()
    await page.setViewportSize({ width: 320, height: 640 })
    await signInByCode(stage, page, newAddress())
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  })
})

async function findBarriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(violation => `${violation.id}: ${violation.nodes.map(node => node.html).join(' ')}`)
}
