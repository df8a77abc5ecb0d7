/** Pages by themselves, in a real browser: for everybody who meets them, on any screen, with or without a mouse. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { locales } from '../../views/page-context.ts'
import { openBrowser } from '../look/open-browser.ts'
import { serveStates, urlOf } from '../look/serve-states.ts'
import { mailStates } from '../look/mail-states.ts'
import { pageStates } from '../look/states.ts'

let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

async function openPage(options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
  await serveStates(context)
  return context.newPage()
}

/** Looks at each of them, two pages at once: the browser has a process for each, and the machine a core. */
async function lookAt(
  options: BrowserContextOptions,
  names: readonly string[],
  look: (page: Page, name: string) => Promise<string[]>,
): Promise<{ findings: string[]; complaints: string[] }> {
  const left = [...names]
  async function lookOn(page: Page) {
    const complaints = collectComplaints(page)
    const findings: string[] = []
    for (let name = left.shift(); name !== undefined; name = left.shift()) findings.push(...(await look(page, name)))
    await page.context().close()
    return { findings, complaints }
  }
  const looks = await Promise.all([openPage(options).then(lookOn), openPage(options).then(lookOn)])
  return { findings: looks.flatMap(({ findings }) => findings), complaints: looks.flatMap(({ complaints }) => complaints) }
}

const pageNames = pageStates.map(({ name }) => name)
const mailNames = mailStates.map(({ name }) => name)
const allNames = [...pageNames, ...mailNames]
const phone = { width: 360, height: 740 }

/** A mail is shown inside another document, which has the landmarks. */
const rulesOfWholeDocuments = ['region', 'landmark-one-main']

async function findAxeViolations(page: Page, name: string, prepare: (axe: AxeBuilder) => AxeBuilder): Promise<string[]> {
  // The frame of a mail runs no script, axe's neither: mails are looked at by themselves, and so axe needs no page beside this one.
  const axe = new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .exclude('iframe')
    .setLegacyMode()
  const { violations } = await prepare(axe).analyze()
  return violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

test('axe finds nothing on any page or mail, and contrasts suffice in the dark too', { timeout: 600_000 }, async () => {
  const { findings } = await lookAt({ viewport: phone }, allNames, async (page, name) => {
    const isMail = mailNames.includes(name)
    await page.emulateMedia({ colorScheme: 'light' })
    await page.goto(urlOf('en', name))
    const inLight = await findAxeViolations(page, name, axe => axe.disableRules(isMail ? rulesOfWholeDocuments : []))
    await page.emulateMedia({ colorScheme: 'dark' })
    return [...inLight, ...(await findAxeViolations(page, `${name}, dark`, axe => axe.withRules('color-contrast')))]
  })
  expect(findings).toEqual([])
})

/** What the browser refuses, doesn't find or complains of. */
function collectComplaints(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', message => complaints.push(message.text()))
  page.on('dialog', dialog => {
    complaints.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('response', response => {
    if (response.status() >= 400) complaints.push(response.url())
  })
  return complaints
}

/** Elements that reach beyond the window, or whose content reaches beyond it. What is typed may scroll in its field. */
function findOverflow(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('body, body *')]
      .filter(
        element => element.getBoundingClientRect().right > window.innerWidth + 0.5 || element.scrollWidth > window.innerWidth,
      )
      .filter(element => !(element instanceof HTMLInputElement && element.getBoundingClientRect().right <= window.innerWidth))
      .map(element => `${element.tagName} ${element.className}`),
  )
}

const screens = [
  { screen: '320 px wide', viewport: { width: 320, height: 640 }, textSize: '16px' },
  { screen: 'a desktop at 200 %', viewport: { width: 640, height: 430 }, textSize: '16px' },
  { screen: 'a phone with text of twice the size', viewport: phone, textSize: '32px' },
]

async function findOverflowOnScreens(page: Page, url: string): Promise<string[]> {
  await page.goto(url)
  const findings: string[] = []
  for (const { screen, viewport, textSize } of screens) {
    await page.setViewportSize(viewport)
    // As the browser's own setting for text does, which no policy concerns.
    await page.evaluate(size => document.documentElement.style.setProperty('font-size', size), textSize)
    findings.push(...(await findOverflow(page)).map(element => `${url} on ${screen}: ${element}`))
  }
  return findings
}

test.each(locales)('in %s, nothing scrolls sideways on small screens and with large text', async locale => {
  const { findings, complaints } = await lookAt({}, allNames, (page, name) => findOverflowOnScreens(page, urlOf(locale, name)))
  expect(findings).toEqual([])
  // The pages are served with the server's policy.
  expect(complaints).toEqual([])
})

test('names of 300 characters that try to be markup stay text, and within the page', async () => {
  const { findings, complaints } = await lookAt({}, pageNames, (page, name) =>
    findOverflowOnScreens(page, urlOf('en', name, 'hostile')),
  )
  expect(findings).toEqual([])
  expect(complaints).toEqual([])
})

test('what is pressed is at least 44 px high', async () => {
  const { findings } = await lookAt({ viewport: phone }, pageNames, async (page, name) => {
    await page.goto(urlOf('de', name))
    const low = await page.evaluate(() =>
      [
        ...document.querySelectorAll<HTMLElement>(
          'button, input:not([type=hidden], [type=checkbox]), label.option, summary, .button, .foot-links a, .app-links a, .mails a',
        ),
      ]
        .filter(element => element.checkVisibility() && element.getBoundingClientRect().height < 44)
        .map(element => element.outerHTML),
    )
    return low.map(element => `${name}: ${element}`)
  })
  expect(findings).toEqual([])
})

describe('by keyboard alone', () => {
  /** What has the focus, by role and name, and whether that can be seen. */
  function readFocus(page: Page): Promise<{ what: string; seen: boolean }> {
    return page.evaluate(() => {
      const element = document.activeElement
      if (!(element instanceof HTMLElement)) return { what: 'nothing', seen: false }
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : element.textContent
      const { outlineStyle, outlineWidth } = getComputedStyle(element)
      return { what: `${element.localName} ${label}`, seen: outlineStyle === 'solid' && Number.parseFloat(outlineWidth) >= 2 }
    })
  }

  async function walk(page: Page, steps: number): Promise<string[]> {
    const way: string[] = []
    for (let step = 0; step < steps; step += 1) {
      const { what, seen } = await readFocus(page)
      way.push(seen ? what : `unseen ${what}`)
      await page.keyboard.press('Tab')
    }
    return way
  }

  test('the first page begins at the field, goes on in the order of reading, and is sent with Enter', async () => {
    const page = await openPage({})
    await page.goto(urlOf('en', 'address-with-other-ways'))
    expect(await walk(page, 7)).toEqual([
      'input E-mail address',
      'button Send me a link',
      'button Google',
      'button Microsoft',
      'button Back to Fieldnotes',
      'a Help',
      'a Privacy',
    ])
    await page.getByLabel('E-mail address').focus()
    const [request] = await Promise.all([page.waitForRequest(each => each.method() === 'POST'), page.keyboard.press('Enter')])
    expect(request.postData()).toBe('address=anna.keller%40example.com')
    await page.context().close()
  })

  test('a problem takes the focus to its field, with the words tied to it and what was typed kept', async () => {
    const page = await openPage({})
    await page.goto(urlOf('en', 'check-mail-code-wrong'))
    const field = page.getByLabel('Or type the code from the e-mail')
    expect(await readFocus(page)).toEqual({ what: 'input Or type the code from the e-mail', seen: true })
    expect(await field.inputValue()).toBe('bcdf ghjx')
    const description = await field.evaluate(element =>
      (element.getAttribute('aria-describedby') ?? '').split(' ').map(id => document.getElementById(id)?.textContent),
    )
    expect(description[0]).toBe('This isn’t the code from the newest e-mail. You can try 3 more times.')
    expect(await page.title()).toBe('Problem: Check your e-mail')
    await page.context().close()
  })

  test('where a link was opened elsewhere there is nothing to press but the footer', async () => {
    const page = await openPage({})
    await page.goto(urlOf('en', 'link-elsewhere'))
    expect(await page.locator('main :is(a, button, input, form)').count()).toBe(0)
    await page.context().close()
  })
})

test('in forced colours, controls keep their edges and the focus its ring', async () => {
  const page = await openPage({ forcedColors: 'active' })
  await page.goto(urlOf('en', 'address-with-other-ways'))
  const edges = await page.evaluate(() =>
    [...document.querySelectorAll('.button-primary, .button-secondary, input:not([type=hidden]), .notice')].map(element => {
      const { borderTopStyle, borderTopWidth, borderTopColor, backgroundColor } = getComputedStyle(element)
      return borderTopStyle === 'solid' && Number.parseFloat(borderTopWidth) >= 1 && borderTopColor !== backgroundColor
    }),
  )
  expect(edges).toEqual([true, true, true, true, true])
  await page.keyboard.press('Tab')
  const outline = await page.evaluate(() => {
    const focused = document.activeElement ?? document.body
    const { outlineColor, outlineStyle } = getComputedStyle(focused)
    return { visible: outlineColor !== getComputedStyle(document.body).backgroundColor, outlineStyle }
  })
  expect(outline).toEqual({ visible: true, outlineStyle: 'solid' })
  await page.context().close()
})
