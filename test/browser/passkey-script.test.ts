/** The script for passkeys in a browser, with its virtual authenticator, before real ceremonies. */
import { gzipSync } from 'node:zlib'
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildAssets } from '../../views/assets.ts'
import { openBrowser } from '../look/open-browser.ts'
import { openPasskeySite, type PasskeySite } from '../support/passkey-site.tsx'

let browser: Browser
let site: PasskeySite
let context: BrowserContext
let page: Page
let devices: CDPSession
let authenticatorId: string

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

beforeEach(async () => {
  site = await openPasskeySite()
  context = await browser.newContext()
  page = await context.newPage()
  devices = await context.newCDPSession(page)
  await devices.send('WebAuthn.enable')
  const added = await devices.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  authenticatorId = added.authenticatorId
})
afterEach(async () => {
  await context.close()
  await site.close()
})

const add = () => page.getByRole('button', { name: 'Add a passkey' })
const signIn = () => page.getByRole('button', { name: 'Sign in with a passkey' })
const told = (text: string) => page.locator('[data-passkey-problem]:visible', { hasText: text })
const open = () => page.goto(site.origin)
/** The server's answer to what was sent. */
const answer = () => page.waitForURL(/\/(get|create)$/).then(() => page.locator('p').textContent())
const openWithAutofill = () => page.goto(`${site.origin}/autofill`)

/** Nobody touches the authenticator until they are asked to. */
async function simulatePresence(enabled: boolean): Promise<void> {
  await devices.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
}

async function addPasskey(): Promise<void> {
  await open()
  await add().click()
  expect(await answer()).toBe('registered')
}

test('a passkey is added by a button, and signs in by another', async () => {
  await addPasskey()
  expect(site.kept).toHaveLength(1)
  await open()
  await signIn().click()
  expect(await answer()).toBe('proved, verified')
})

test('a passkey signs in from the address field, without a button', async () => {
  await addPasskey()
  await openWithAutofill()
  expect(await answer()).toBe('proved, verified')
})

test('the button takes over from the field', async () => {
  await addPasskey()
  await simulatePresence(false)
  await openWithAutofill()
  await expect.poll(() => site.asked).toBe(1)
  await simulatePresence(true)
  await signIn().click()
  expect(await answer()).toBe('proved, verified')
  expect(site.asked).toBe(2)
})

test('a page that was opened with the options has nothing to ask, for the field or for the button', async () => {
  await addPasskey()
  await simulatePresence(false)
  await page.goto(`${site.origin}/with-options`)
  await signIn().waitFor()
  await simulatePresence(true)
  await signIn().click()
  expect(await answer()).toBe('proved, verified')
  expect(site.asked).toBe(0)
  // Of a challenge that was answered there is no second time: the page that is gone back to asks for another, which the field answers
  // as soon as somebody is there.
  await page.goBack()
  expect(await answer()).toBe('proved, verified')
  expect(site.asked).toBe(1)
})

test('what a page was opened with is too old after a minute, and is asked for anew', async () => {
  await addPasskey()
  await simulatePresence(false)
  await page.addInitScript(() => {
    const now = Date.now.bind(Date)
    Date.now = () => now() + 61_000
  })
  await page.goto(`${site.origin}/with-options`)
  await expect.poll(() => site.asked).toBe(1)
  await simulatePresence(true)
  await signIn().click()
  expect(await answer()).toBe('proved, verified')
  expect(site.asked).toBe(2)
})

test('a second one on the same device is refused in words, and the page goes on', async () => {
  await addPasskey()
  await open()
  await add().click()
  await told('has a passkey for your account already').waitFor()
  expect(site.kept).toHaveLength(1)
})

test('who isn’t verified is told in words, and can try again', async () => {
  await open()
  await devices.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
  await add().click()
  await told('No passkey was created.').waitFor()
  expect(await told('That didn’t work.').count()).toBe(0)
  await devices.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true })
  await add().click()
  expect(await answer()).toBe('registered')
})

test.each([
  ['NotAllowedError', 0, 'No passkey was created.'],
  ['NotAllowedError', 300_000, 'That took too long'],
  ['SecurityError', 0, 'Passkeys don’t work at this address.'],
  ['ConstraintError', 0, 'Reload the page'],
])('what the browser says by %s after %i ms is told in words', async (name, milliseconds, words) => {
  await page.clock.install()
  await open()
  await page.evaluate(
    ([error, after]) => {
      navigator.credentials.create = () =>
        new Promise((_, reject) => setTimeout(() => reject(new DOMException('', String(error))), Number(after)))
    },
    [name, milliseconds],
  )
  const asked = page.waitForResponse('**/create/options')
  await add().click()
  await (await asked).finished()
  await expect.poll(async () => (await page.clock.runFor(100_000), await told(words).count())).toBe(1)
  expect(await page.locator('[data-passkey-problem]:visible').count()).toBe(1)
})

test('a dialog that was closed where one is to be used speaks of using it', async () => {
  await open()
  await page.evaluate(() => {
    navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError'))
  })
  await signIn().click()
  await told('No passkey was used.').waitFor()
  expect(await told('No passkey was created.').count()).toBe(0)
})

test('what the server can’t answer is told in words', async () => {
  await open()
  site.trouble = 503
  await add().click()
  await told('We can’t reach the server right now.').waitFor()
  site.trouble = 400
  await add().click()
  await told('Reload the page').waitFor()
  expect(await told('We can’t reach the server right now.').count()).toBe(0)
})

test('a server that is away is told in words', async () => {
  await open()
  await context.setOffline(true)
  await add().click()
  await told('We can’t reach the server right now.').waitFor()
  expect(await add().isEnabled()).toBe(true)
})

test('another form ends what the field waits with, and the way back begins it anew', async () => {
  await addPasskey()
  await simulatePresence(false)
  await openWithAutofill()
  await expect.poll(() => site.asked).toBe(1)
  await page.getByLabel('E-mail address').fill('ada@example.com')
  await page.getByRole('button', { name: 'Send me a link' }).click()
  await page.getByText('elsewhere').waitFor()
  await page.goBack()
  await expect.poll(() => site.asked).toBe(2)
})

test('the challenge in the field is renewed before it is too old', async () => {
  await simulatePresence(false)
  await page.clock.install()
  await openWithAutofill()
  await expect.poll(() => site.asked).toBe(1)
  await page.clock.runFor(271_000)
  await expect.poll(() => site.asked).toBe(2)
})

test('a field that failed is armed again, more and more seldom, and in the end no more', async () => {
  await page.clock.install()
  site.trouble = 503
  await openWithAutofill()
  for (const asked of [1, 2, 3, 4, 5]) {
    await expect.poll(() => site.asked).toBe(asked)
    await page.clock.runFor(1000 * 2 ** asked)
  }
  await page.clock.runFor(600_000)
  expect(site.asked).toBe(5)
  expect(await page.locator('[data-passkey-problem]:visible').count()).toBe(0)
})

test('a browser without passkeys shows no button, and says so where nothing else is offered', async () => {
  await page.addInitScript('delete window.PublicKeyCredential')
  await open()
  await page.getByText('This browser can’t use passkeys here.').waitFor()
  expect(await signIn().count()).toBe(0)
  expect(await add().count()).toBe(0)
})

test('without script neither', async () => {
  const plain = await browser.newContext({ javaScriptEnabled: false })
  const still = await plain.newPage()
  await still.goto(site.origin)
  expect(await still.getByText('This browser can’t use passkeys here.').isVisible()).toBe(true)
  expect(await still.getByRole('button', { name: 'Add a passkey' }).count()).toBe(0)
  await plain.close()
})

test('what the server knows is passed on to the authenticators', async () => {
  await addPasskey()
  const [passkey] = site.kept
  if (passkey === undefined) throw new Error('one was added')
  site.signals = { unknown: { rpId: 'localhost', credentialId: passkey.credentialId.toString('base64url') } }
  await open()
  await expect.poll(async () => (await devices.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length).toBe(0)
})

test('the page gets no globals from it, and it is small', async () => {
  const globals = () => page.evaluate(() => Object.keys(window))
  await open()
  const withScript = await globals()
  await page.route('**/script', route => route.fulfill({ contentType: 'text/javascript', body: '' }))
  await open()
  expect(withScript).toEqual(await globals())
  const { waitingScript, passkeyScript } = buildAssets()
  expect(gzipSync(waitingScript.body).length + gzipSync(passkeyScript.body).length).toBeLessThan(20 * 1024)
})
