/** The code of the mail, typed where the sign-in began; and what ends the life of a link and a code. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import type { Response } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, codeIn, linkIn } from '../support/relying-party.ts'
import { askState, type BegunSignIn, beginSignIn, formActions, headingOf, returned } from '../support/sign-in.ts'

const { say } = speak('en')
let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp] })
})
afterAll(() => latchkey?.stop())

const typeCode = async ({ agent, home }: BegunSignIn, code: string) => agent.follow(await agent.post(`${home}/verify`, { code }))
const authorizationCode = (response: Response) => returned(response)?.get('code')
const wait = (seconds: number) => latchkey.clock.advance(seconds)

describe('the code', () => {
  it.each([
    ['as it stands in the mail', (code: string) => `${code.slice(0, 4)} ${code.slice(4)}`],
    ['without its space, in small letters', (code: string) => code.toLowerCase()],
    ['with a hyphen and spaces around', (code: string) => `  ${code.slice(0, 4)}-${code.slice(4)}\t`],
    [
      'in full-width letters',
      (code: string) => code.replaceAll(/./g, letter => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0)),
    ],
  ])('signs in, typed %s', async (_how, spell) => {
    const begun = await beginSignIn(latchkey)
    const code = codeIn((await begun.nextMail()).text)
    expect(authorizationCode(await typeCode(begun, spell(code)))).toMatch(/^\S{20,}$/)
  })

  it('is eight of the twenty letters of RFC 8628 §6.1', async () => {
    const begun = await beginSignIn(latchkey)
    expect(codeIn((await begun.nextMail()).text)).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/)
  })

  it('is good for the browser that began alone, and for its own attempt', async () => {
    const one = await beginSignIn(latchkey)
    const two = await beginSignIn(latchkey)
    const code = codeIn((await one.nextMail()).text)
    const answer = await typeCode(two, code)
    expect(answer.status).toBe(400)
    expect(answer.body).toContain(say('check-mail.problem.code-wrong'))
    // With the other's pages, but without its cookies.
    expect(returned(await two.agent.follow(await two.agent.post(`${one.home}/verify`, { code })))).toBeUndefined()
    expect(authorizationCode(await typeCode(one, code))).toBeDefined()
  })

  it('works once, and takes the link with it', async () => {
    const begun = await beginSignIn(latchkey)
    const { text } = await begun.nextMail()
    expect(authorizationCode(await typeCode(begun, codeIn(text)))).toBeDefined()
    expect(returned(await typeCode(begun, codeIn(text)))).toBeUndefined()
    expect(returned(await begun.agent.follow(await begun.agent.post(linkIn(text))))).toBeUndefined()
    expect(headingOf(await begun.agent.follow(await begun.agent.get(linkIn(text))))).toBe(say('finished.heading'))
    expect(headingOf(await begun.agent.get(begun.home))).toBe(say('finished.heading'))
  })

  it.each([
    ['nothing', '', 'check-mail.problem.field-needed'],
    ['spaces', '   ', 'check-mail.problem.field-needed'],
    ['a letter too few', 'BCDFGHJ', 'check-mail.problem.code-wrong'],
    ['what no code has', 'AEIOU012', 'check-mail.problem.code-wrong'],
    ['a null byte and more', '\u0000\u202E<b>', 'check-mail.problem.code-wrong'],
    ['a novel', 'B'.repeat(10_000), 'check-mail.problem.code-wrong'],
  ] as const)('given %s, the page says so and stays', async (_what, code, problem) => {
    const begun = await beginSignIn(latchkey)
    const { text } = await begun.nextMail()
    const answer = await typeCode(begun, code)
    expect(answer.status).toBe(400)
    expect(answer.body).toContain(say(problem))
    expect(answer.body).not.toContain('<b>')
    expect(authorizationCode(await typeCode(begun, codeIn(text)))).toBeDefined()
  })
})

describe('a new mail', () => {
  it('voids the link and the code of the one before', async () => {
    const begun = await beginSignIn(latchkey)
    const first = await begun.nextMail()
    const again = await begun.agent.follow(await begun.agent.post(`${begun.home}/again`))
    expect(again.body).toContain(say('check-mail.resent'))
    const second = await begun.nextMail()

    const old = await begun.agent.get(linkIn(first.text))
    expect(old.status).toBe(410)
    expect(headingOf(old)).toBe(say('error.link-used.title'))
    expect((await begun.agent.post(linkIn(first.text))).status).toBe(410)
    expect((await typeCode(begun, codeIn(first.text))).body).toContain(say('check-mail.problem.code-wrong'))
    expect(await askState(begun)).toBeUndefined()

    expect((await begun.agent.follow(await begun.agent.post(linkIn(second.text)))).status).toBe(200)
    expect(authorizationCode(await begun.agent.follow(await begun.agent.get(begun.home)))).toBeDefined()
  })

  it('to another address voids it too', async () => {
    const begun = await beginSignIn(latchkey)
    const first = await begun.nextMail()
    const page = await begun.agent.follow(await begun.agent.post(`${begun.home}/change`))
    expect(headingOf(page)).toContain(browserApp.client_name)
    expect((await begun.agent.post(linkIn(first.text))).status).toBe(410)
    expect(returned(await typeCode(begun, codeIn(first.text)))).toBeUndefined()
  })
})

describe('ten minutes', () => {
  it('are enough to the last second', async () => {
    const [byLink, byCode] = [await beginSignIn(latchkey), await beginSignIn(latchkey)]
    const [link, code] = [linkIn((await byLink.nextMail()).text), codeIn((await byCode.nextMail()).text)]
    wait(595)
    expect((await byLink.agent.follow(await byLink.agent.post(link))).status).toBe(200)
    expect(authorizationCode(await typeCode(byCode, code))).toBeDefined()
  })

  it('and not a second more; a new mail can be had on the same page', async () => {
    const begun = await beginSignIn(latchkey)
    const { text } = await begun.nextMail()
    wait(600)
    const page = await begun.agent.get(linkIn(text))
    expect(page.status).toBe(410)
    expect((await begun.agent.post(linkIn(text))).status).toBe(410)
    const late = await typeCode(begun, codeIn(text))
    expect(late.status).toBe(400)
    expect(returned(late)).toBeUndefined()
    expect(formActions(late)).toContain(`${begun.home}/again`)

    await begun.agent.post(`${begun.home}/again`)
    expect(authorizationCode(await typeCode(begun, codeIn((await begun.nextMail()).text)))).toBeDefined()
  })
})

describe('a link that was tampered with', () => {
  it.each([
    ['another last letter', (link: string) => `${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`],
    ['half of it', (link: string) => link.slice(0, -20)],
    ['something behind it', (link: string) => `${link}x`],
    ['a null byte behind it', (link: string) => `${link}%00`],
    ['other capitals', (link: string) => link.replace(/[^/]+$/, token => token.toLowerCase())],
    ['a line break within', (link: string) => `${link.slice(0, -5)}%0D%0A${link.slice(-5)}`],
  ])('%s: no link, and nothing said about whose it might have been', async (_what, change) => {
    const begun = await beginSignIn(latchkey)
    const link = linkIn((await begun.nextMail()).text)
    for (const answer of [await begun.agent.get(change(link)), await begun.agent.post(change(link))]) {
      expect(answer.status).toBe(410)
      expect(answer.body).not.toContain(browserApp.client_name)
    }
    expect((await begun.agent.follow(await begun.agent.post(link))).status).toBe(200)
  })
})
