/// <reference lib="dom" />
/** Somebody without a mouse: all they do is done by keys, and what has the focus can always be seen. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

interface Focus {
  /** Kind of element, and its name as it is read out. */
  what: string
  seen: boolean
}

export function readFocus(page: Page): Promise<Focus> {
  return page.evaluate(() => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement)) return { what: 'nothing', seen: false }
    const isField = element instanceof HTMLInputElement || element instanceof HTMLSelectElement
    const label = element.ariaLabel ?? (isField ? element.labels?.[0]?.textContent : element.textContent)
    const { outlineStyle, outlineWidth } = getComputedStyle(element)
    const kind = element instanceof HTMLInputElement && element.type === 'checkbox' ? 'checkbox' : element.localName
    return {
      what: `${kind} ${(label ?? '').trim()}`,
      seen: outlineStyle === 'solid' && Number.parseFloat(outlineWidth) >= 2 && element.checkVisibility(),
    }
  })
}

const mostSteps = 80

/** Tab by tab to what begins like this, such as `button Save`; each stop on the way has to show that it has the focus. */
export async function tabTo(page: Page, what: string): Promise<void> {
  const way: string[] = []
  for (let step = 0; step < mostSteps; step += 1) {
    const focus = await readFocus(page)
    if (focus.what.startsWith(what)) {
      expect(focus.seen, focus.what).toBe(true)
      return
    }
    // At the page's beginning and end it is the document that has it.
    expect(focus.seen || focus.what.startsWith('body'), focus.what).toBe(true)
    way.push(focus.what)
    await page.keyboard.press('Tab')
  }
  throw new Error(`no way to "${what}" by keyboard: ${way.slice(0, 20).join(' > ')}`)
}

/** Goes there, and on with Enter; the page that comes has this heading. */
export async function enter(page: Page, what: string, heading: string | RegExp): Promise<void> {
  await tabTo(page, what)
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
  await page.getByRole('heading', { level: 1, name: heading }).waitFor()
}

/** Writes into a field in place of what was there. */
export async function write(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, `input ${label}`)
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type(text)
}

export async function tick(page: Page, label: string): Promise<void> {
  await tabTo(page, `checkbox ${label}`)
  await page.keyboard.press('Space')
  expect(await page.evaluate(() => document.activeElement?.matches(':checked')), label).toBe(true)
}
