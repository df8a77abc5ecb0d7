/** The page that says how the API is used: for everybody, on any screen, and from nowhere but the issuer. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkPage } from './page-checks.ts'
import { setStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage?.stop())

it('loads nothing from elsewhere, and opens what it says of a call by keyboard', async () => {
  const context = await stage.openBrowser()
  const page = await context.newPage()
  const asked: string[] = []
  page.on('request', request => asked.push(new URL(request.url()).origin))
  const complaints: string[] = []
  page.on('console', message => complaints.push(message.text()))
  await page.goto(`${stage.issuer}/api/v1`)
  await checkPage(page)

  const operations = page.locator('details.operation')
  expect(await operations.count()).toBeGreaterThan(30)
  await operations.first().locator('summary').focus()
  await page.keyboard.press('Enter')
  await operations.first().locator('pre').first().waitFor()
  await operations.evaluateAll(all => all.forEach(each => each.setAttribute('open', '')))
  await checkPage(page)

  const document = page.getByRole('link', { name: 'openapi.json' })
  expect((await context.request.get(new URL((await document.getAttribute('href')) ?? '', page.url()).href)).ok()).toBe(true)
  expect(new Set(asked)).toEqual(new Set([stage.issuer]))
  expect(complaints).toEqual([])
  await context.close()
})
