/// <reference lib="dom" />
/** What holds for every page, wherever a story comes by. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** The narrowest phone, and a desktop of 1280 px at 200 %. */
const narrow = [
  { width: 320, height: 640 },
  { width: 640, height: 430 },
]

/** Presses a button that copies, and answers what can be pasted then. */
export async function copyBy(page: Page, name: string): Promise<string> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name }).click()
  await page.getByText('Copied.').waitFor()
  return await page.evaluate(() => navigator.clipboard.readText())
}

/** Nothing for axe to find, and nothing that scrolls sideways. */
export async function checkPage(page: Page): Promise<void> {
  // A page slides in: until it stands, its colours are not yet what they are.
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)))
  const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).analyze()
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    page.url(),
  ).toEqual([])
  const size = page.viewportSize() ?? { width: 1280, height: 860 }
  for (const viewport of narrow) {
    await page.setViewportSize(viewport)
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(wide, `${page.url()} at ${viewport.width} px`).toBeLessThanOrEqual(0)
  }
  await page.setViewportSize(size)
}
