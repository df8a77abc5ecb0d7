/** A member's device is lost, and there is no recovery code: an Admin resets it, and the pass that they read out leads to a new one. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkPage, copyBy } from './page-checks.ts'
import { meetPasskeyPerson } from './passkey-person.ts'
import { askForMail, claim, expectHeading, expectSignedIn, newAddress, signOut } from './person.ts'
import { setStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await setStage([], { NEW_USER_WORKSPACE: 'founded' })
})
afterAll(() => stage?.stop())

async function openPage(): Promise<Page> {
  const context = await stage.openBrowser()
  context.setDefaultTimeout(15_000)
  return context.newPage()
}

async function foundWorkspace(page: Page, address: string): Promise<void> {
  await askForMail(stage, page, address)
  await page.getByLabel('Or type the code').fill((await stage.nextMail(address)).code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('Name of the workspace').fill('Meadow')
  await page.getByRole('button', { name: 'Set up the workspace' }).click()
  await expectSignedIn(stage, page, address)
}

async function invite(page: Page, address: string): Promise<void> {
  await page.goto(`${stage.issuer}/account/workspaces`)
  await page.getByRole('link', { name: 'Open Meadow' }).click()
  await page.getByRole('link', { name: 'Invitations' }).click()
  await page.getByRole('link', { name: 'Invite somebody' }).click()
  await page.getByLabel('E-mail address').fill(address)
  await page.getByRole('button', { name: 'Send the invitation' }).click()
  await page.getByText('The invitation is on its way.').waitFor()
}

test('the admin resets what they sign in with; the pass lets in once, and a new passkey from then on', async () => {
  const [admin, member] = [newAddress(), newAddress()]
  const office = await openPage()
  await foundWorkspace(office, admin)
  await invite(office, member)

  // The member accepts, with a passkey: the product asks for one.
  const page = await openPage()
  const person = await meetPasskeyPerson(stage, page.context(), page)
  await page.goto(await stage.nextInvitation(member))
  await page.getByRole('button', { name: 'Sign in to join' }).click()
  await page.getByRole('button', { name: 'Send me a link' }).click()
  await page.getByLabel('Or type the code').fill((await stage.nextMail(member)).code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await expectHeading(page, 'You are a member of Meadow')
  await page.context().clearCookies()
  await person.signUp(member)

  // Lost, with everything on it.
  await person.loseDevice()
  await page.context().clearCookies()
  await office.getByRole('link', { name: 'Members' }).click()
  await office.getByRole('link', { name: member }).click()
  await office.getByRole('link', { name: 'Reset their ways to sign in' }).click()
  await expectHeading(office, 'Reset their ways to sign in?')
  await checkPage(office)
  await office.getByRole('button', { name: 'Reset them' }).click()
  await expectHeading(office, 'A temporary pass for them')
  await checkPage(office)
  const pass = (await office.locator('.typed-key').textContent()) ?? ''
  expect(pass).toMatch(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/)
  // Whoever looks over the shoulder sees nothing until it is asked for, and it can be pasted without that.
  expect(await office.locator('.typed-key').isVisible()).toBe(false)
  expect(await copyBy(office, 'Copy: Temporary pass')).toBe(pass)
  await office.getByText('Show the pass').click()
  expect(await office.locator('.typed-key').isVisible()).toBe(true)
  await checkPage(office)
  await office.goBack()
  expect(await office.locator('body').textContent()).not.toContain(pass)

  // The mail alone is not enough, and neither is a pass that is not theirs.
  await person.proveAddress(member)
  await expectHeading(page, 'Type your temporary pass')
  await checkPage(page)
  await page.getByLabel('Temporary pass').fill('AAAA-AAAA-AAAA-AAAA')
  await page.getByLabel('Temporary pass').press('Enter')
  await page.getByText('This isn’t the pass that was made for you last.').waitFor()
  await expect.poll(() => page.getByLabel('Temporary pass').evaluate(field => field === document.activeElement)).toBe(true)
  await checkPage(page)
  await page.getByLabel('Temporary pass').fill(pass.toLowerCase().replaceAll('-', ' '))
  await page.getByLabel('Temporary pass').press('Enter')
  await expectHeading(page, 'Your temporary pass is used up')
  await checkPage(page)
  await page.locator('main').getByRole('link').first().click()
  await page.getByRole('link', { name: 'Set up a passkey' }).click()
  await person.createPasskey()
  await expectSignedIn(stage, page, member)
  await signOut(stage, page)

  // From then on it is the new passkey that signs in.
  await person.openSignIn()
  await person.touch()
  await person.usePasskey().click()
  await expectSignedIn(stage, page, member)
  expect(await claim(page, 'acr')).toBe('phr')
  await Promise.all([office.context().close(), page.context().close()])
})
