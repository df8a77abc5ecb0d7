/// <reference lib="dom" />
/** More than a sign-in had to prove: offered after it, and asked for by the sample product before a sensitive action. */
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { meetPasskeyPerson, type PasskeyPerson } from './passkey-person.ts'
import { askForMail, claim, expectHeading, expectSignedIn, newAddress, signInByCode, signOut } from './person.ts'
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

describe('the offer after a code', () => {
  test('comes the second time in a browser, and is taken up in line', async () => {
    const address = newAddress()
    await signInByCode(stage, page, address)
    await signOut(stage, page)
    await person.proveAddress(address)
    await expectHeading(page, 'Next time without an e-mail?')
    await page.getByRole('link', { name: 'Add a passkey' }).click()
    await person.createPasskey()
    await expectSignedIn(stage, page, address)
    await signOut(stage, page)
    await person.openSignIn()
    await person.touch()
    await person.usePasskey().click()
    await expectSignedIn(stage, page, address)
  })

  test('declined, it is gone', async () => {
    const address = newAddress()
    await signInByCode(stage, page, address)
    await signOut(stage, page)
    await person.proveAddress(address)
    await page.getByRole('button', { name: 'Not now' }).click()
    await expectSignedIn(stage, page, address)
    await signOut(stage, page)
    await signInByCode(stage, page, address)
  })

  test('after a link it is one quiet line, and only where the device can', async () => {
    const address = newAddress()
    await askForMail(stage, page, address)
    const { link } = await stage.nextMail(address)
    await page.goto(link)
    await page.getByRole('button', { name: 'Sign in to Fieldnotes' }).click()
    await page.getByRole('link', { name: 'Next time without an e-mail' }).waitFor()
    await page.addInitScript('delete window.PublicKeyCredential')
    await page.reload()
    await page.getByRole('button', { name: 'Continue here' }).waitFor()
    expect(await page.getByRole('link', { name: 'Next time without an e-mail' }).count()).toBe(0)
  })
})

describe('a sensitive action (RFC 9470)', () => {
  const writeNote = async () => {
    await page.getByLabel('New note').fill('Not for long')
    await page.getByRole('button', { name: 'Add note' }).click()
    await page.getByRole('listitem').filter({ hasText: 'Not for long' }).waitFor()
  }

  test('takes the person through what is missing, and is done on the way back', async () => {
    const address = newAddress()
    await signInByCode(stage, page, address)
    await writeNote()
    await page.getByRole('button', { name: 'Delete all notes' }).click()
    await expectHeading(page, 'One more step to set up')
    await page.getByRole('link', { name: 'Set up a passkey' }).click()
    await person.createPasskey()
    await expectSignedIn(stage, page, address)
    await page.getByText('All your notes are deleted.').waitFor()
    expect(await claim(page, 'acr')).toBe('phr')
    expect(await page.getByText('none was asked for again').count()).toBe(0)

    // A second time within ten minutes needs nothing more.
    await writeNote()
    await page.getByRole('button', { name: 'Delete all notes' }).click()
    await page.getByText('All your notes are deleted. You had shown a second step within the last ten minutes').waitFor()
    expect(new URL(page.url()).href).toBe(`${stage.product}/`)
  })

  test('whoever would rather not is signed in as before, and nothing is deleted', async () => {
    const address = newAddress()
    await signInByCode(stage, page, address)
    await writeNote()
    await page.getByRole('button', { name: 'Delete all notes' }).click()
    await expectHeading(page, 'One more step to set up')
    await page.getByRole('button', { name: 'Back to Fieldnotes' }).click()
    await expectSignedIn(stage, page, address)
    await page.getByText('Nothing was deleted.').waitFor()
    await page.getByRole('listitem').filter({ hasText: 'Not for long' }).waitFor()
  })
})
