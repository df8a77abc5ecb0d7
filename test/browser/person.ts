/// <reference lib="dom" />
/** What a person does at the sample product, in the words of a story. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Stage } from './stage.ts'

let people = 0
export function newAddress(): string {
  people += 1
  return `person-${people}@example.com`
}

export async function openProduct(stage: Stage, page: Page): Promise<void> {
  await page.goto(stage.product)
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
}

/** From the product to the page that waits for the mail. */
export async function askForMail(stage: Stage, page: Page, address: string): Promise<void> {
  await openProduct(stage, page)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail address').fill(address)
  await page.getByRole('button', { name: 'Send me a link' }).click()
  await expectHeading(page, 'Check your e-mail')
}

export async function signInByCode(stage: Stage, page: Page, address: string): Promise<void> {
  await askForMail(stage, page, address)
  const { code } = await stage.nextMail(address)
  await page.getByLabel('Or type the code').fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expectSignedIn(stage, page, address)
}

export function expectHeading(page: Page, name: string): Promise<void> {
  return page.getByRole('heading', { name }).waitFor()
}

export async function expectSignedIn(stage: Stage, page: Page, address: string): Promise<void> {
  await expectHeading(page, 'Your notes')
  expect(new URL(page.url()).href).toBe(`${stage.product}/`)
  expect(await page.locator('#person-email').textContent()).toBe(address)
}

/** The product asks the issuer, which sees that it speaks of this session, and asks nobody. */
export async function signOut(stage: Stage, page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  expect(page.url()).toBe(`${stage.product}/`)
}

export function claim(page: Page, name: string): Promise<string | null> {
  return page
    .getByRole('row', { name: new RegExp(`^${name} `) })
    .getByRole('cell')
    .textContent()
}

export function countdownSeconds(text: string | null): number {
  const [minutes = Number.NaN, seconds = Number.NaN] = (text ?? '').split(':').map(Number)
  return minutes * 60 + seconds
}
