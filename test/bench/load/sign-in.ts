import { type Answer, type Browser, redirectOf, UnexpectedAnswer } from './browser.ts'
import type { MailInbox } from './mail-inbox.ts'
import { type CodeRequest, type Person, readCode, requestCode } from './person.ts'
import { redirectUri } from '../apps.ts'
import type { Target } from './target.ts'

/** A sign-in that has begun in a browser. */
export interface Begun {
  person: Person
  request: CodeRequest
  /** Its first page, which all the others lie below. */
  home: string
}

export interface Arrived {
  person: Person
  request: CodeRequest
  code: string
}

/** From nothing to a code at the app, by whatever way the server has. */
export async function signIn(target: Target, person: Person): Promise<Arrived> {
  const begun = await begin(target, person)
  if (target.inbox) return confirmLink(target, await openLink(target, begun, target.inbox))
  const resume = redirectOf(await person.browser.get(begun.home), target.issuer, 'login')
  const location = redirectOf(await person.browser.get(resume), target.issuer, 'resumed authorization')
  return { person, request: begun.request, code: readCode(target, begun.request, location) }
}

/** Asks for a code, with more `parameters` than usual; answers where the first page is. */
export async function begin(target: Target, person: Person, parameters: Record<string, string> = {}): Promise<Begun> {
  const request = requestCode(target.authorizationEndpoint, person.app, parameters)
  const home = redirectOf(await person.browser.get(request.url), target.issuer, 'authorize')
  return { person, request, home }
}

/** A sign-in whose mail has come, up to the page that its link leads to. */
export interface OpenedLink extends Begun {
  link: string
  confirmation: string
}

/** First page, address, the page that says where the mail went, and the link of the mail. */
export async function openLink(target: Target, begun: Begun, inbox: MailInbox): Promise<OpenedLink> {
  const { person, home } = begun
  const { browser, address } = person
  const first = await openPage(browser, home, 'sign-in page')
  const mail = inbox.nextLink(address)
  mail.catch(() => {}) // reported where it is awaited; the post below may fail first
  const sent = await browser.post(formAction(first, 'address', target), { address })
  await openPage(browser, redirectOf(sent, home, 'address'), 'mail-is-on-its-way page')
  const link = await mail
  const confirmation = formAction(await openPage(browser, link, 'link page'), undefined, target)
  return { ...begun, link, confirmation }
}

/** Confirms the link, looks at the page that says so, and goes on in the tab where the sign-in began. */
export async function confirmLink(target: Target, opened: OpenedLink): Promise<Arrived> {
  const { browser } = opened.person
  const confirmed = await browser.post(opened.confirmation, {})
  await openPage(browser, redirectOf(confirmed, opened.link, 'link confirmation'), 'confirmed page')
  return arrive(target, opened)
}

/** Confirms the link of somebody of whom more is needed, and opens the page of what that is. */
export async function confirmFirstStep(target: Target, opened: OpenedLink): Promise<Answer> {
  const { browser } = opened.person
  let url = redirectOf(await browser.post(opened.confirmation, {}), opened.link, 'link confirmation')
  for (let step = 1; step <= 3; step += 1) {
    const page = await browser.get(url)
    if (page.status === 200) return page
    url = redirectOf(page, target.issuer, 'next step')
  }
  throw new Error('the confirmed link does not lead to a page')
}

/** From the sign-in's page over the resumed authorization to the app. */
export async function arrive(target: Target, { person, request, home }: Begun): Promise<Arrived> {
  let url = home
  for (let step = 1; step <= 4; step += 1) {
    url = redirectOf(await person.browser.get(url), target.issuer, `return to the app, step ${step}`)
    if (url.startsWith(redirectUri)) return { person, request, code: readCode(target, request, url) }
  }
  throw new Error('the sign-in does not lead back to the app')
}

export async function openPage(browser: Browser, url: string, step: string): Promise<Answer> {
  const page = await browser.get(url)
  if (page.status !== 200) throw new UnexpectedAnswer(step, page)
  return page
}

/** Where the page's form goes: the first one, or the one with the named field. */
function formAction(page: Answer, field: string | undefined, target: Target): string {
  for (const [form, attributes = ''] of page.body.matchAll(/<form\b([^>]*)>[\s\S]*?<\/form>/g)) {
    if (field !== undefined && !form.includes(`name="${field}"`)) continue
    const [, action] = /\baction="([^"]*)"/.exec(attributes) ?? []
    if (action) return new URL(action.replaceAll('&amp;', '&'), target.issuer).href
  }
  throw new UnexpectedAnswer(`form ${field ?? ''}`, page)
}
