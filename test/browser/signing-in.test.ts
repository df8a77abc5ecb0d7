/// <reference lib="dom" />
/** Signing in to the sample product, in a real browser. */
import { decodeJwt } from 'jose'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { askForMail, expectHeading, expectSignedIn, newAddress, openProduct } from './person.ts'
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

describe('signing in', () => {
  test('by the link: the tab where it began continues by itself, and the tokens stay where they belong', async () => {
    const address = newAddress()
    const page = await browser.newPage()
    const tokenAnswers: string[] = []
    page.on('response', response => {
      if (response.url() === `${stage.issuer}/token`) void response.text().then(text => tokenAnswers.push(text))
    })
    await askForMail(stage, page, address)

    const { link } = await stage.nextMail(address)
    const second = await browser.newPage()
    await second.goto(link)
    await second.getByRole('button', { name: 'Sign in to Fieldnotes' }).click()
    await expectHeading(second, 'You’re signed in')
    await second.close()
    await expectSignedIn(stage, page, address)

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
    await askForMail(stage, page, address)
    await page.close()
    const { link } = await stage.nextMail(address)
    const second = await browser.newPage()
    await second.goto(link)
    await second.getByRole('button', { name: 'Sign in to Fieldnotes' }).click()
    await second.getByRole('button', { name: 'Continue here' }).click()
    await expectSignedIn(stage, second, address)
  })

  test('by the code, typed where it began, after the link was opened in another browser', async () => {
    const address = newAddress()
    const page = await browser.newPage()
    await askForMail(stage, page, address)
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
    await expectSignedIn(stage, page, address)
  })

  test('by the keyboard alone', async () => {
    const address = newAddress()
    const page = await browser.newPage()
    await openProduct(stage, page)
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
    await expectSignedIn(stage, page, address)
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
    await openProduct(stage, page)
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
    await openProduct(stage, page)
    const asked = page.waitForRequest(request => request.url().startsWith(`${stage.issuer}/authorize?`))
    await page.getByRole('button', { name: 'Sign in' }).click()
    const state = new URL((await asked).url()).searchParams.get('state')
    await expectHeading(page, 'Sign in to Fieldnotes')
    await page.goto(`${stage.product}/callback?code=stolen&state=${state}&iss=https://evil.example`)
    await expectHeading(page, 'The sign-in could not be completed')
  })
})
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
