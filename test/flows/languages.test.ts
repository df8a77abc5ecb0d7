/** The person's language: what they chose, then what the app asks for, then what the browser asks for; in pages and mails alike. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { type Locale, locales } from '../../views/page-context.ts'
import { Agent, type Response } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, linkIn, startRequest } from '../support/relying-party.ts'
import { beginSignIn, headingOf } from '../support/sign-in.ts'

let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp] })
})
afterAll(() => latchkey?.stop())

const speaking = (acceptLanguage: string) => new Agent(undefined, { 'accept-language': acceptLanguage })
const languageOf = ({ body }: Response) => /<html lang="([^"]*)"/.exec(body)?.[1]

async function open(agent: Agent, parameters: Record<string, string> = {}): Promise<Response> {
  return agent.follow(await agent.get((await startRequest(latchkey.issuer, browserApp, parameters)).url))
}

describe('the first page', () => {
  it.each([
    ['fr', '', 'fr'],
    ['de-CH, en;q=0.5', '', 'de'],
    ['nl, it;q=0.4, de;q=0.8', '', 'de'],
    ['nl', '', 'en'],
    ['', '', 'en'],
    ['*', '', 'en'],
    ['en', 'it', 'it'],
    ['en', 'nl de-AT fr', 'de'],
    ['fr', 'nl tlh', 'fr'],
    ['fr', '<script> ../../etc', 'fr'],
  ])('with Accept-Language %j and ui_locales %j is in %s', async (accepted, requested, expected) => {
    const page = await open(speaking(accepted), requested === '' ? {} : { ui_locales: requested })
    expect(languageOf(page)).toBe(expected)
  })
})

it.each(locales)('what the app asked for (%s) holds for the whole sign-in, and for its mail', async locale => {
  const { say } = speak(locale)
  const { agent, home, waiting, nextMail } = await beginSignIn(latchkey, {
    agent: speaking(locale === 'en' ? 'de' : 'en'),
    parameters: { ui_locales: locale },
  })
  expect(headingOf(waiting)).toBe(say('check-mail.heading'))
  expect((await agent.post(`${home}/verify`, { code: 'BBBBBBBB' })).body).toContain(say('check-mail.problem.code-wrong'))
  const mail = await nextMail()
  expect(mail.language).toBe(locale)
  expect(languageOf({ body: mail.html } as Response)).toBe(locale)
  const link = linkIn(mail.text)
  expect(languageOf(await agent.get(link))).toBe(locale)
  expect(headingOf(await agent.follow(await agent.post(link)))).toBe(say('link-confirmed.heading'))
  await agent.follow(await agent.get(home))
  expect(headingOf(await agent.get(home))).toBe(say('finished.heading'))
})

describe('a language that the person chose', () => {
  const choice = (page: Response, locale: Locale) => {
    const href = new RegExp(`href="([^"]*language=${locale}[^"]*)"`).exec(page.body)?.[1]
    return new URL((href ?? '').replaceAll('&amp;', '&'), page.url).href
  }

  it('is offered on the page, holds against app and browser, and is kept for the next time', async () => {
    const agent = speaking('en')
    const first = await open(agent, { ui_locales: 'fr' })
    const chosen = await agent.get(choice(first, 'it'))
    expect(languageOf(chosen)).toBe('it')
    expect(chosen.headers['set-cookie']).toEqual([expect.stringMatching(/^__Host-language=it; path=\/; expires=/)])
    expect(languageOf(await open(agent, { ui_locales: 'fr' }))).toBe('it')
    const { waiting, nextMail } = await beginSignIn(latchkey, { agent, parameters: { ui_locales: 'fr' } })
    expect(languageOf(waiting)).toBe('it')
    expect((await nextMail()).language).toBe('it')
  })

  it('can be chosen on a page that waits, without losing it', async () => {
    const { agent, waiting, nextMail } = await beginSignIn(latchkey)
    await nextMail()
    const page = await agent.get(choice(waiting, 'de'))
    expect(headingOf(page)).toBe(speak('de').say('check-mail.heading'))
  })

  it.each(['nl', '', 'de%0D%0AX-Header:1', '__proto__', 'constructor'])('%j is none', async language => {
    const page = await speaking('fr').get(`${latchkey.issuer}/?language=${language}`)
    expect(page.status).toBe(200)
    expect(languageOf(page)).toBe('fr')
    expect(page.headers['set-cookie']).toBeUndefined()
    expect(page.headers['x-header']).toBeUndefined()
  })

  it('in a cookie that somebody wrote is one that we speak, or none', async () => {
    for (const value of ['nl', '__proto__', '../../etc', 'de'.repeat(1000)]) {
      expect(languageOf(await speaking('fr').get(`${latchkey.issuer}/`, { cookie: `__Host-language=${value}` }))).toBe('fr')
    }
  })
})

it('errors speak it too', async () => {
  const page = await speaking('de').get(`${latchkey.issuer}/nowhere`)
  expect(page.status).toBe(404)
  expect(headingOf(page)).toBe(speak('de').say('error.not-found.title'))
})
