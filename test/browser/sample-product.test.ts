/// <reference lib="dom" />
/** The whole story in a real browser: a person signs in to the sample product, stays signed in, and signs out. */
import { AxeBuilder } from '@axe-core/playwright'
import { decodeJwt } from 'jose'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
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

let people = 0
function newAddress(): string {
  people += 1
  return `person-${people}@example.com`
}

async function openProduct(page: Page): Promise<void> {
  await page.goto(stage.product)
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
}

/** From the product to the page that waits for the mail. */
async function askForMail(page: Page, address: string): Promise<void> {
  await openProduct(page)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail address').fill(address)
  await page.getByRole('button', { name: 'Send me a link' }).click()
  await expectHeading(page, 'Check your e-mail')
}

async function signInByCode(page: Page, address: string): Promise<void> {
  await askForMail(page, address)
  const { code } = await stage.nextMail(address)
  await page.getByLabel('Or type the code').fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expectSignedIn(page, address)
}

function expectHeading(page: Page, name: string): Promise<void> {
  return page.getByRole('heading', { name }).waitFor()
}

async function expectSignedIn(page: Page, address: string): Promise<void> {
  await expectHeading(page, 'Your notes')
  expect(new URL(page.url()).href).toBe(`${stage.product}/`)
  expect(await page.locator('#person-email').textContent()).toBe(address)
}

/** The product asks the issuer, and the issuer asks the person. */
async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expectHeading(page, 'Sign out?')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  expect(page.url()).toBe(`${stage.product}/`)
}

function claim(page: Page, name: string): Promise<string | null> {
  return page
    .getByRole('row', { name: new RegExp(`^${name} `) })
    .getByRole('cell')
    .textContent()
}

function countdownSeconds(text: string | null): number {
  const [minutes = Number.NaN, seconds = Number.NaN] = (text ?? '').split(':').map(Number)
  return minutes * 60 + seconds
}

describe('signing in', () => {
  test('by the link: the tab where it began continues by itself, and the tokens stay where they belong', async () => {
    const address = newAddress()
    const page = await browser.newPage()
    const tokenAnswers: string[] = []
    page.on('response', response => {
      if (response.url() === `${stage.issuer}/token`) void response.text().then(text => tokenAnswers.push(text))
    })
    await askForMail(page, address)

    const { link } = await stage.nextMail(address)
    const second = await browser.newPage()
    await second.goto(link)
    await second.getByRole('button', { name: 'Sign in to Fieldnotes' }).click()
    await expectHeading(second, 'You’re signed in')
    await second.close()
    await expectSignedIn(page, address)

    // no refresh token in any answer, nor any token where a script could find it later
    const tokens = JSON.parse(tokenAnswers.at(-1) ?? '{}') as Record<string, unknown>
    expect(Object.keys(tokens).toSorted()).toEqual(['access_token', 'expires_in', 'id_token', 'scope', 'token_type'])
    expect(tokens['expires_in']).toBe(3600)
    const kept = await page.evaluate(() =>
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
    )
    expect(kept).not.toContain('eyJ')
    expect(kept).not.toContain('verifier')

    const { workspace } = decodeJwt<{ workspace: { id: string } }>(String(tokens['access_token']))
    const cookie = (await browser.cookies(`${stage.issuer}/token`)).find(each => each.name.startsWith('__Secure-refresh'))
    expect(cookie).toMatchObject({
      name: `__Secure-refresh.fieldnotes.${workspace.id}`,
      httpOnly: true,
      secure: true,
      sameSite: 'Strict',
      path: '/token',
    })
  })

  test('by the link, going on in the tab that it opened', async () => {
    const address = newAddress()
    const page = await browser.newPage()
    await askForMail(page, address)
    await page.close()
    const { link } = await stage.nextMail(address)
    const second = await browser.newPage()
    await second.goto(link)
    await second.getByRole('button', { name: 'Sign in to Fieldnotes' }).click()
    await second.getByRole('button', { name: 'Continue here' }).click()
    await expectSignedIn(second, address)
  })

  test('by the code, typed where it began, after the link was opened in another browser', async () => {
    const address = newAddress()
    const page = await browser.newPage()
    await askForMail(page, address)
    const { link, code } = await stage.nextMail(address)
    const elsewhere = await stage.openBrowser()
    try {
      const other = await elsewhere.newPage()
      await other.goto(link)
      await expectHeading(other, 'Go back to where you began')
      expect(await other.getByRole('button').count()).toBe(0)
    } finally {
      await elsewhere.close()
    }
    await page.getByLabel('Or type the code').fill(code.toLowerCase())
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expectSignedIn(page, address)
  })

  test('by the keyboard alone', async () => {
    const address = newAddress()
    const page = await browser.newPage()
    await openProduct(page)
    await tabTo(page, 'Sign in')
    await page.keyboard.press('Enter')
    await expectHeading(page, 'Sign in to Fieldnotes')
    await tabTo(page, 'E-mail address')
    await page.keyboard.type(address)
    await page.keyboard.press('Enter')
    await expectHeading(page, 'Check your e-mail')
    await tabTo(page, 'Or type the code from the e-mail')
    await page.keyboard.type((await stage.nextMail(address)).code)
    await page.keyboard.press('Enter')
    await expectSignedIn(page, address)
    await tabTo(page, 'New note')
    await page.keyboard.type('Seen without a mouse')
    await tabTo(page, 'Add note')
    await page.keyboard.press('Enter')
    await page.getByRole('listitem').filter({ hasText: 'Seen without a mouse' }).waitFor()
    await tabTo(page, 'Refresh now')
    await page.keyboard.press('Space')
    await page.getByText('Refreshed: this is a new token.').waitFor()
  })

  test('cancelled: the product says so, and offers to start again', async () => {
    const page = await browser.newPage()
    await openProduct(page)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Back to Fieldnotes' }).click()
    await expectHeading(page, 'You are not signed in')
    expect(new URL(page.url()).search).toBe('')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expectHeading(page, 'Sign in to Fieldnotes')
  })

  test('a callback that this browser did not ask for is not used', async () => {
    const page = await browser.newPage()
    await page.goto(`${stage.product}/callback?code=somebody-elses&state=unknown&iss=${encodeURIComponent(stage.issuer)}`)
    await expectHeading(page, 'This sign-in can’t be continued here')
  })

  test('an answer in another issuer’s name is not used (RFC 9207)', async () => {
    const page = await browser.newPage()
    await openProduct(page)
    const asked = page.waitForRequest(request => request.url().startsWith(`${stage.issuer}/authorize?`))
    await page.getByRole('button', { name: 'Sign in' }).click()
    const state = new URL((await asked).url()).searchParams.get('state')
    await expectHeading(page, 'Sign in to Fieldnotes')
    await page.goto(`${stage.product}/callback?code=stolen&state=${state}&iss=https://evil.example`)
    await expectHeading(page, 'The sign-in could not be completed')
  })
})

describe('signed in', () => {
  let page: Page
  let address: string

  beforeEach(async () => {
    address = newAddress()
    page = await browser.newPage()
  })

  test('the token counts down from one hour, names the workspace, and opens the API', async () => {
    await signInByCode(page, address)
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
    await signInByCode(page, address)
    const before = await claim(page, 'jti')
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await page.getByText('Refreshed: this is a new token.').waitFor()
    expect(await claim(page, 'jti')).not.toBe(before)
    await page.reload()
    await expectSignedIn(page, address)
  })

  test('another tab is signed in at once, both refresh together, and sign-out ends both', async () => {
    await signInByCode(page, address)
    const second = await browser.newPage()
    await second.goto(stage.product)
    await expectSignedIn(second, address)
    for (let round = 0; round < 3; round += 1) {
      await Promise.all([page, second].map(tab => tab.getByRole('button', { name: 'Refresh now' }).click()))
      await Promise.all([page, second].map(tab => tab.getByText('Refreshed: this is a new token.').waitFor()))
      await Promise.all([page, second].map(tab => tab.reload()))
      await Promise.all([page, second].map(tab => expectSignedIn(tab, address)))
    }

    await signOut(page)
    await second.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(await browser.cookies(`${stage.issuer}/token`)).not.toContainEqual(
      expect.objectContaining({ name: expect.stringContaining('__Secure-refresh') }),
    )
    await second.getByRole('button', { name: 'Sign in' }).click()
    await expectHeading(second, 'Sign in to Fieldnotes')
  })

  test('two minutes before the end it refreshes by itself', async () => {
    await page.clock.install()
    await signInByCode(page, address)
    const before = await claim(page, 'jti')
    await page.clock.fastForward('57:00')
    expect(await claim(page, 'jti')).toBe(before)
    await page.clock.fastForward('01:30')
    await expect.poll(() => claim(page, 'jti'), { timeout: 5000 }).not.toBe(before)
    expect(countdownSeconds(await page.getByRole('timer').textContent())).toBeGreaterThan(3590)
  })

  test('a session that has ended is told, and a new sign-in leads on', async () => {
    await signInByCode(page, address)
    await browser.clearCookies()
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await expectHeading(page, 'Your session has ended')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expectHeading(page, 'Sign in to Fieldnotes')
  })

  test('a tab never wakes up as somebody else', async () => {
    await signInByCode(page, address)
    const kept = await page.evaluate(() => Object.entries<string>(sessionStorage))
    await signOut(page)
    const other = newAddress()
    await signInByCode(page, other)
    const asleep = await browser.newPage()
    await asleep.addInitScript(entries => {
      for (const [name, value] of entries) sessionStorage.setItem(name, value)
    }, kept)
    await asleep.goto(stage.product)
    await expectHeading(asleep, 'Your session has ended')
    await page.reload()
    await expectSignedIn(page, other)
  })

  test('while the issuer is away the person stays signed in, and a reload says what to do', async () => {
    await signInByCode(page, address)
    await browser.route(`${stage.issuer}/**`, route => route.abort('connectionrefused'))
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await page.getByText('You are still signed in').waitFor()
    await page.reload()
    await expectHeading(page, 'The sign-in service can’t be reached')
    await browser.unroute(`${stage.issuer}/**`)
    await page.getByRole('button', { name: 'Try again' }).click()
    await expectSignedIn(page, address)
  })
})

describe('for everybody', () => {
  test.each(['light', 'dark'] as const)('nothing for axe to find, in %s', async colorScheme => {
    const page = await browser.newPage()
    await page.emulateMedia({ colorScheme })
    await openProduct(page)
    expect(await findBarriers(page)).toEqual([])
    await signInByCode(page, newAddress())
    expect(await findBarriers(page)).toEqual([])
    await browser.clearCookies()
    await page.reload()
    await expectHeading(page, 'Your session has ended')
    expect(await findBarriers(page)).toEqual([])
  })

  test('320 pixels are wide enough', async () => {
    const page = await browser.newPage()
    await page.setViewportSize({ width: 320, height: 640 })
    await signInByCode(page, newAddress())
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  })
})

async function findBarriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(violation => `${violation.id}: ${violation.nodes.map(node => node.html).join(' ')}`)
}

/** Presses Tab until the control with this name has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, name: string): Promise<void> {
  const isThere = () =>
    page.evaluate(wanted => {
      const control = document.activeElement as HTMLInputElement | null // only `labels` is read, which others don't have
      const label = control?.labels?.[0]?.textContent ?? control?.textContent ?? ''
      return label.trim() === wanted
    }, name)
  for (let press = 0; press < 30; press += 1) {
    if (await isThere()) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not lead to “${name}”`)
}
