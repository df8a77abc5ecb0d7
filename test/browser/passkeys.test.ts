/// <reference lib="dom" />
/** Passkeys in a browser, from the sample product and back to it, and all that can go wrong on the way. */
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { meetPasskeyPerson, type PasskeyPerson } from './passkey-person.ts'
import { claim, expectHeading, expectSignedIn, newAddress, openProduct, signOut } from './person.ts'
import { type Stage, setStage } from './stage.ts'

let stage: Stage
let browser: BrowserContext
let page: Page
let person: PasskeyPerson

beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage?.stop())

beforeEach(async () => {
  browser = await stage.openBrowser()
  browser.setDefaultTimeout(15_000)
  page = await browser.newPage()
  person = await meetPasskeyPerson(stage, browser, page)
})
afterEach(() => browser.close())

const told = (text: string) => page.locator('[data-passkey-problem]:visible', { hasText: text }).waitFor()

describe('a passkey', () => {
  test('is made where the product asks for one, and signs in by its button', async () => {
    const address = newAddress()
    await person.signUp(address)
    await person.openSignIn()
    await person.touch()
    await person.usePasskey().click()
    await expectSignedIn(stage, page, address)
    expect(await claim(page, 'amr')).toBe('mfa, pop, user')
  })

  test('signs in from the address field, without anything typed', async () => {
    const address = newAddress()
    await person.signUp(address)
    await person.touch()
    await openProduct(stage, page)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expectSignedIn(stage, page, address)
    expect(await claim(page, 'acr')).toBe('phr')
  })

  test('confirms what an e-mail began', async () => {
    const address = newAddress()
    await person.signUp(address)
    await person.proveAddress(address)
    await expectHeading(page, 'Confirm with your passkey')
    await person.touch()
    await person.usePasskey().click()
    await expectSignedIn(stage, page, address)
    expect(await claim(page, 'amr')).toBe('email, mfa, pop, user')
  })

  test('lost with its device: a recovery code lets in, and a new one is made in line', async () => {
    const address = newAddress()
    const codes = await person.signUp(address)
    await person.loseDevice()

    await person.requirePasskey()
    await person.proveAddress(address)
    await expectHeading(page, 'Confirm with your passkey')
    await page.getByRole('link', { name: 'Use a recovery code' }).click()
    await page.getByLabel('Recovery code').fill(codes[0] ?? '')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('link', { name: 'Set up a passkey' }).click()
    await person.touch()
    await page.getByRole('button', { name: 'Create a passkey' }).click()
    await expectSignedIn(stage, page, address)
    expect(await claim(page, 'acr')).toBe('phr')
  })

  test('on a second device is added in the account, and signs in there from then on', async () => {
    const address = newAddress()
    const codes = await person.signUp(address)
    // The first one stays where it is; this device knows nothing of it.
    await person.loseDevice()
    await person.proveAddress(address)
    await page.getByRole('link', { name: 'Use a recovery code' }).click()
    await page.getByLabel('Recovery code').fill(codes[0] ?? '')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await expectSignedIn(stage, page, address)

    await page.goto(`${stage.issuer}/account/ways-in`)
    await page.getByRole('link', { name: 'Add a passkey' }).click()
    await person.touch()
    await page.getByRole('button', { name: 'Create a passkey' }).click()
    await expectHeading(page, 'Ways in')
    await page
      .getByRole('link', { name: /^Remove / })
      .nth(1)
      .waitFor()
    await person.touch(false)

    await page.goto(stage.product)
    await signOut(stage, page)
    await person.openSignIn()
    await person.touch()
    await person.usePasskey().click()
    await expectSignedIn(stage, page, address)
    expect(await claim(page, 'amr')).toBe('mfa, pop, user')
  })
})

test('the first page is under 40 KB with all that it loads, and its scripts under 20 KB', async () => {
  const sizes = new Map<string, number>()
  await person.devices.send('Network.enable')
  const names = new Map<string, string>()
  person.devices.on('Network.responseReceived', ({ requestId, type }) => names.set(requestId, type))
  person.devices.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength))
  await openProduct(stage, page)
  sizes.clear()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expectHeading(page, 'Sign in to Fieldnotes')
  await page.waitForLoadState('networkidle')
  const total = (of: string[]) => [...sizes].reduce((sum, [id, size]) => (of.includes(names.get(id) ?? '') ? sum + size : sum), 0)
  expect(total(['Document', 'Stylesheet', 'Script', 'Image', 'Font', 'XHR', 'Fetch', 'Other'])).toBeLessThan(40 * 1024)
  expect(total(['Script'])).toBeLessThan(20 * 1024)
  expect(total(['Script'])).toBeGreaterThan(0)
})

describe('what goes wrong', () => {
  test('a dialog that is cancelled: the page says so, and the button works again', async () => {
    const address = newAddress()
    await person.signUp(address)
    await person.openSignIn()
    await person.recognise(false)
    await person.touch()
    await person.usePasskey().click()
    await told('No passkey was used. Try again, or use another way.')
    // Nor does the field take what the button was refused.
    await person.touch(false)
    await person.recognise(true)
    await person.touch()
    await person.usePasskey().click()
    await expectSignedIn(stage, page, address)
  })

  test('a dialog that is left open until it times out: the page says so, and the mail is still a way in', async () => {
    const address = newAddress()
    await page.clock.install()
    await page.addInitScript(() => {
      navigator.credentials.get = options =>
        new Promise((_, reject) => {
          if (options?.mediation !== 'conditional') setTimeout(() => reject(new DOMException('', 'NotAllowedError')), 300_000)
        })
    })
    await person.openSignIn()
    await person.usePasskey().click()
    const sentence = page.locator('[data-passkey-problem=timed-out]')
    await expect.poll(async () => (await page.clock.runFor(100_000), await sentence.isVisible())).toBe(true)
    await page.getByLabel('E-mail address').fill(address)
    await page.getByRole('button', { name: 'Send me a link' }).click()
    await expectHeading(page, 'Check your e-mail')
    expect((await stage.nextMail(address)).code).toMatch(/^[A-Z]{4} [A-Z]{4}$/)
  })

  test('a browser without passkeys: no button, and the mail is the way in; where one is required the page says what to do', async () => {
    await page.addInitScript('delete window.PublicKeyCredential')
    const address = newAddress()
    await person.openSignIn()
    expect(await person.usePasskey().isVisible()).toBe(false)
    await person.requirePasskey()
    await person.proveAddress(address)
    await page.getByRole('link', { name: 'Set up a passkey' }).click()
    await page.getByText('This browser can’t use passkeys here. Use another way, or another browser.').waitFor()
    expect(await page.getByRole('button', { name: 'Create a passkey' }).isVisible()).toBe(false)
    await page.getByRole('link', { name: 'Go back' }).click()
    await expectHeading(page, 'One more step to set up')
  })

  test('two tabs: the one that is behind says that the sign-in is done', async () => {
    const address = newAddress()
    await person.signUp(address)
    await person.openSignIn()
    const other = await browser.newPage()
    await other.goto(page.url())
    await expectHeading(other, 'Sign in to Fieldnotes')
    await person.touch()
    await person.usePasskey().click()
    await expectSignedIn(stage, page, address)
    await other.getByLabel('E-mail address').fill(address)
    await other.getByRole('button', { name: 'Send me a link' }).click()
    await expectHeading(other, 'All done here')
  })

  test('the back button, out of the product and within the sign-in: no page that leads nowhere', async () => {
    const address = newAddress()
    await person.signUp(address)
    await person.proveAddress(address)
    await expectHeading(page, 'Confirm with your passkey')
    await page.goBack()
    await page.goForward()
    await expectHeading(page, 'Confirm with your passkey')
    await person.touch()
    await person.usePasskey().click()
    await expectSignedIn(stage, page, address)
    await page.goBack()
    await expectHeading(page, 'All done here')
    await page.goForward()
    await expectSignedIn(stage, page, address)
  })
})
