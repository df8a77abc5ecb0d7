/** The pages of a workspace, from its founding to a member's removal: by keyboard alone, and on a phone without script. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { enter, readFocus, tabTo, tick, write } from './keyboard-person.ts'
import { checkPage } from './page-checks.ts'
import { askForMail, expectHeading, expectSignedIn, newAddress } from './person.ts'
import { setStage, type Stage } from './stage.ts'

const founder = newAddress()
const colleague = newAddress()
let stage: Stage
let slug: string

beforeAll(async () => {
  stage = await setStage([], { NEW_USER_WORKSPACE: 'founded' }, { plans: { free: ['custom-roles'] } })
})
afterAll(() => stage?.stop())

const titleOf = (page: Page) => page.getByRole('heading', { level: 1 }).textContent()

/** Whom an invitation brings in, on a phone that runs no script. */
async function joinOnAPhone(address: string): Promise<Page> {
  const link = await stage.nextInvitation(address)
  const context = await stage.openBrowser({ viewport: { width: 360, height: 740 }, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(link)
  expect(await titleOf(page)).toBe('Join Meadow Software')
  await page.getByRole('button', { name: 'Sign in to join' }).click()
  expect(await page.getByLabel('E-mail address').inputValue()).toBe(address)
  await page.getByRole('button', { name: 'Send me a link' }).click()
  const { code } = await stage.nextMail(address)
  await page.getByRole('link', { name: 'Type the code' }).click()
  await page.getByLabel('Or type the code').fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await expectHeading(page, 'You are a member of Meadow Software')
  return page
}

it('an admin founds a workspace and looks after it, without a mouse', { timeout: 240_000 }, async () => {
  const context = await stage.openBrowser({ viewport: { width: 1280, height: 860 } })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const told = (words: string) => page.locator('.notice', { hasText: words }).waitFor()

  await askForMail(stage, page, founder)
  const { code } = await stage.nextMail(founder)
  await tabTo(page, 'input Or type the code')
  await page.keyboard.type(code)
  await page.keyboard.press('Enter')
  await expectHeading(page, 'Set up a workspace')
  await checkPage(page)
  await write(page, 'Name of the workspace', 'Meadow Software')
  await page.keyboard.press('Enter')
  await expectSignedIn(stage, page, founder)

  await page.goto(`${stage.issuer}/account/workspaces`)
  await enter(page, 'a Open Meadow Software', 'Settings')
  slug = new URL(page.url()).pathname.split('/')[2] ?? ''
  await checkPage(page)
  await page.reload()
  await page.keyboard.press('Tab')
  expect(await readFocus(page)).toEqual({ what: 'a Skip to the content', seen: true })
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  expect(await readFocus(page)).toEqual({ what: 'input Name', seen: true })

  // Somebody is invited; the first try misses the field, and the focus is there.
  await enter(page, 'a Invitations', 'Invitations')
  await checkPage(page)
  await enter(page, 'a Invite somebody', 'Invite somebody')
  await checkPage(page)
  await page.keyboard.type('half an address')
  await enter(page, 'button Send the invitation', 'Invite somebody')
  expect(await readFocus(page)).toEqual({ what: 'input E-mail address', seen: true })
  expect(await page.title()).toBe('Problem: Invite somebody')
  expect(await page.getByLabel('E-mail address').inputValue()).toBe('half an address')
  await checkPage(page)
  await write(page, 'E-mail address', colleague)
  await enter(page, 'button Send the invitation', 'Invitations')
  await told('The invitation is on its way.')
  const phone = await joinOnAPhone(colleague)

  // Found by the exact address; a part of it finds nobody.
  await enter(page, 'a Members', 'Members')
  await checkPage(page)
  await write(page, 'Find a member', `x${colleague}`)
  await enter(page, 'button Find', 'Members')
  expect(await readFocus(page)).toEqual({ what: 'input Find a member', seen: true })
  await checkPage(page)
  await write(page, 'Find a member', colleague)
  await enter(page, 'button Find', colleague)
  await checkPage(page)
  await enter(page, 'a Change roles', 'Change roles')
  await checkPage(page)
  await tick(page, 'Manager')
  await enter(page, 'button Save', colleague)
  await told('The roles are changed.')

  // A role of their own.
  await enter(page, 'a Roles', 'Roles')
  await checkPage(page)
  await enter(page, 'a Begin with Viewer', 'Make a role')
  await checkPage(page)
  await write(page, 'Name', 'Bookkeeping')
  await tick(page, 'Read the audit log')
  await enter(page, 'button Make the role', 'Roles')
  await told('The role is there, and can be given.')
  expect(await page.locator('.rows').textContent()).toContain('Bookkeeping')

  // A second step for everybody, after a look at whom it reaches.
  await enter(page, 'a Settings', 'Settings')
  await enter(page, 'a Change what is needed', 'Signing in')
  await checkPage(page)
  await enter(page, 'a Look at it, A second step for everybody', 'A second step for everybody')
  expect(await page.getByRole('table').textContent()).toContain(colleague)
  await checkPage(page)
  await page.getByLabel('Needed from this day on').fill('2099-01-31')
  await enter(page, 'button Need a second step', 'Settings')
  await told('It holds for everybody who signs in.')

  // What was done is in the log, and is found there.
  await enter(page, 'a Audit log', 'Audit log')
  await checkPage(page)
  await tabTo(page, 'summary Search')
  await page.keyboard.press('Enter')
  await tabTo(page, 'select What was done')
  await page.keyboard.type('Roles ch')
  await write(page, 'Whom it concerns', colleague)
  await enter(page, 'button Search', 'Audit log')
  await checkPage(page)
  const entry = page.locator('.event')
  expect(await entry.count()).toBe(1)
  expect(await entry.getByRole('row').allTextContents()).toEqual(['FieldBeforeAfter', 'RolesViewerManager, Viewer'])
  await tabTo(page, 'summary Details')
  await page.keyboard.press('Enter')
  await entry.getByText('membership.changed').waitFor()

  // To remove somebody takes a sign-in that is fresh, and is asked once more after it.
  await enter(page, `a ${colleague}`, colleague)
  await stage.letPass(11)
  await tabTo(page, 'a Remove from the workspace')
  await page.keyboard.press('Enter')
  await page.waitForURL(url => !url.pathname.startsWith('/admin/'))
  await signInAgain(page)
  // What will be required is said on the way.
  await enter(page, 'button Later', 'Remove this member?')
  await checkPage(page)
  await enter(page, 'button Remove the member', 'Members')
  await told('They are no longer a member')
  expect(await page.getByRole('table').textContent()).not.toContain(colleague)

  // Whoever was removed finds what is there for everybody else: nothing.
  const answer = await phone.goto(`${stage.issuer}/admin/${slug}`)
  expect(answer?.status()).toBe(404)
  await phone.context().close()
  await context.close()
})

async function signInAgain(page: Page): Promise<void> {
  await write(page, 'E-mail address', founder)
  await page.keyboard.press('Enter')
  await expectHeading(page, 'Check your e-mail')
  const { code } = await stage.nextMail(founder)
  await tabTo(page, 'input Or type the code')
  await page.keyboard.type(code)
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
  await expectHeading(page, 'From 31 January 2099 on, sign-in takes a second step')
}
