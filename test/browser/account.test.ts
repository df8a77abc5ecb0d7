/** The account's pages, as a person walks through them: by the menu, on a phone, and without script. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newAddress } from './person.ts'
import { setStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage?.stop())

const heading = (page: Page) => page.getByRole('heading', { level: 1 }).textContent()

async function signIn(page: Page, address: string): Promise<void> {
  await page.goto(`${stage.issuer}/account`)
  await page.getByLabel('E-mail address').fill(address)
  await page.getByRole('button', { name: 'Send me a link' }).click()
  const { code } = await stage.nextMail(address)
  // Without script the page reloads itself, and stands still for whoever asks to type.
  const toType = page.getByRole('link', { name: 'Type the code' })
  if (await toType.isVisible()) await toType.click()
  await page.getByLabel('Or type the code').fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${stage.issuer}/account`)
}

it.each([
  { screen: 'a desktop', options: { viewport: { width: 1280, height: 800 } } },
  { screen: 'a phone without script', options: { viewport: { width: 360, height: 740 }, javaScriptEnabled: false } },
])('on $screen, every page is two steps away, and a name is saved', async ({ options }) => {
  const context = await stage.openBrowser(options)
  const page = await context.newPage()
  await signIn(page, newAddress())
  for (const name of [
    'Profile',
    'E-mail addresses',
    'Ways in',
    'Devices',
    'Activity',
    'Connected apps',
    'Your data',
    'Overview',
  ]) {
    const menu = page.locator('summary').filter({ visible: true })
    if (await menu.isVisible()) await menu.click()
    await page.getByRole('navigation', { name: 'Your account' }).getByRole('link', { name, exact: true }).click()
    await expect.poll(() => heading(page)).toBe(name)
  }
  await page.goto(`${stage.issuer}/account/profile`)
  await page.getByLabel('Name').fill('Anna Keller')
  await page.getByRole('combobox', { name: 'Language' }).selectOption('de')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Gespeichert.').waitFor()
  expect(await heading(page)).toBe('Profil')
  await context.close()
})

it('one more address is added by the code that went there', async () => {
  const context = await stage.openBrowser()
  const page = await context.newPage()
  await signIn(page, newAddress())
  const added = newAddress()
  await page.goto(`${stage.issuer}/account/addresses`)
  await page.getByRole('link', { name: 'Add an address' }).click()
  await page.getByLabel('New e-mail address').fill(added)
  await page.getByRole('button', { name: 'Send the code' }).click()
  await page.getByLabel('Code').fill(await stage.nextCode(added))
  await page.getByRole('button', { name: 'Add the address' }).click()
  await page.getByText('The address is yours to sign in with now.').waitFor()
  await page.getByRole('link', { name: `Remove ${added}` }).click()
  await page.getByRole('button', { name: 'Remove the address' }).click()
  await page.getByText('The address was removed.').waitFor()
  expect(await page.locator('main').textContent()).not.toContain(added)
  await context.close()
})
