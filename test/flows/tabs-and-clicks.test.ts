/** Several tabs, the back button, a reload, a double click: what people do, and nothing is lost by it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { Agent } from '../support/agent.ts'
import { countEvents } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, codeIn, linkIn } from '../support/relying-party.ts'
import {
  askState,
  beginSignIn,
  formActions,
  headingOf,
  listMails,
  newAddress,
  newAgentBehindProxy,
  pressOnlyButton,
  returned,
} from '../support/sign-in.ts'

const { say } = speak('en')
let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp] })
})
afterAll(() => latchkey?.stop())

describe('the tab where it began, and the one that the mail opened', () => {
  it('the first continues by itself; the other then says that it is done', async () => {
    const { agent, home, waiting, nextMail, started } = await beginSignIn(latchkey)
    expect(await askState({ agent, home })).toBeUndefined()
    const confirmed = await agent.follow(await agent.post(linkIn((await nextMail()).text)))
    expect(headingOf(confirmed)).toBe(say('link-confirmed.heading'))
    expect(formActions(confirmed)).toEqual([`${home}/continue`])

    const next = await askState({ agent, home })
    const left = await agent.follow(await agent.get(new URL(next ?? '', waiting.url).href))
    expect(returned(left)?.get('state')).toBe(started.state)

    const late = await agent.follow(await agent.post(`${home}/continue`))
    expect(returned(late)).toBeUndefined()
    expect(headingOf(late)).toBe(say('finished.heading'))
  })

  it('"Continue here" resumes in the tab of the mail; the first then says that it is done', async () => {
    const { agent, home, nextMail } = await beginSignIn(latchkey)
    await agent.post(linkIn((await nextMail()).text))
    expect(returned(await agent.follow(await agent.post(`${home}/continue`)))?.get('code')).toBeDefined()
    const next = await askState({ agent, home })
    expect(headingOf(await agent.follow(await agent.get(`${latchkey.issuer}${next}`)))).toBe(say('finished.heading'))
  })

  it('nothing is said to be confirmed before it is', async () => {
    const { agent, home } = await beginSignIn(latchkey)
    expect(headingOf(await agent.follow(await agent.get(`${home}/confirmed`)))).toBe(say('check-mail.heading'))
    expect(headingOf(await agent.follow(await agent.post(`${home}/continue`)))).toBe(say('check-mail.heading'))
  })

  it('without script the waiting page reloads itself, but never over a field that somebody types in', async () => {
    const { agent, home, waiting } = await beginSignIn(latchkey)
    expect(waiting.body).toMatch(/<noscript>\s*<meta http-equiv="refresh" content="5;/)
    expect((await agent.get(`${home}?code`)).body).not.toContain('http-equiv="refresh"')
    expect((await agent.post(`${home}/verify`, { code: 'BBBB' })).body).not.toContain('http-equiv="refresh"')
  })

  it('both going on at the same moment: one arrives, and no error is shown in the other', async () => {
    const { agent, home, nextMail } = await beginSignIn(latchkey)
    await agent.post(linkIn((await nextMail()).text))
    const pages = await Promise.all(
      [agent.get(home), agent.post(`${home}/continue`)].map(async answer => agent.follow(await answer)),
    )
    const arrived = pages.filter(page => returned(page)?.has('code'))
    expect(arrived).toHaveLength(1)
    const [other] = pages.filter(page => !arrived.includes(page))
    expect(other && headingOf(other)).toBe(say('finished.heading'))
  })

  it('tells another browser nothing about how it stands', async () => {
    const begun = await beginSignIn(latchkey)
    await begun.agent.post(linkIn((await begun.nextMail()).text))
    expect(await askState({ agent: new Agent(), home: begun.home })).toBe(new URL(begun.home).pathname)
    const page = await new Agent().get(begun.home)
    expect(page.status).toBe(410)
    expect(page.body).not.toContain(browserApp.client_name)
  })
})

describe('the button of the link, pressed twice', () => {
  it('takes the second press to the same place', async () => {
    const { agent, nextMail } = await beginSignIn(latchkey)
    const link = linkIn((await nextMail()).text)
    const answers = await Promise.all([agent.post(link), agent.post(link)])
    for (const answer of answers) expect(headingOf(await agent.follow(answer))).toBe(say('link-confirmed.heading'))
  })

  it('and the link opened once more, too, until the sign-in has gone on', async () => {
    const { agent, home, nextMail } = await beginSignIn(latchkey)
    const link = linkIn((await nextMail()).text)
    await agent.post(link)
    expect(headingOf(await agent.follow(await agent.get(link)))).toBe(say('link-confirmed.heading'))
    await agent.follow(await agent.post(`${home}/continue`))
    expect(headingOf(await agent.follow(await agent.get(link)))).toBe(say('finished.heading'))
  })
})

describe('"Send me the e-mail", pressed again and again', () => {
  it('is one sign-in with one mail', async () => {
    const agent = new Agent()
    const { home } = await beginSignIn(latchkey, { agent })
    const address = newAddress()
    await agent.post(`${home}/change`)
    const sent = await countEvents(latchkey, 'email-challenge.sent')
    const answers = await Promise.all(Array.from({ length: 5 }, () => agent.post(`${home}/email`, { address })))
    for (const { status } of answers) expect(status).toBe(303)
    expect(await countEvents(latchkey, 'email-challenge.sent')).toBe(sent + 1)
    await expect.poll(() => listMails(latchkey, address)).not.toHaveLength(0)

    const [mail] = await listMails(latchkey, address)
    const found = await latchkey.adapters.mailbox?.find(mail?.id ?? '')
    expect((await agent.follow(await agent.post(linkIn(found?.message.text ?? '')))).status).toBe(200)
    expect(returned(await agent.follow(await agent.get(home)))?.get('code')).toBeDefined()
  })
})

describe('a code, sent twice', () => {
  it('signs in once, and loses nothing', async () => {
    const { agent, home, nextMail } = await beginSignIn(latchkey)
    const code = codeIn((await nextMail()).text)
    const answers = await Promise.all([agent.post(`${home}/verify`, { code }), agent.post(`${home}/verify`, { code })])
    expect(answers.map(({ status }) => status)).toEqual([303, 303])
    expect(returned(await agent.follow(await agent.get(home)))?.get('code')).toBeDefined()
  })
})

describe('back and reload', () => {
  it('the waiting page, reloaded, is the same page and sends no mail', async () => {
    const { agent, home, waiting, address, nextMail } = await beginSignIn(latchkey)
    await nextMail()
    const reloaded = await agent.get(waiting.url)
    expect(reloaded.body).toBe(waiting.body)
    expect(headingOf(await agent.get(`${home}?again`))).toBe(say('check-mail.heading'))
    expect(await listMails(latchkey, address)).toHaveLength(1)
  })

  it('after the sign-in, back to any of its pages says that it is done', async () => {
    const { agent, home, nextMail, started } = await beginSignIn(latchkey)
    const link = linkIn((await nextMail()).text)
    await agent.post(link)
    await agent.follow(await agent.get(home))
    for (const url of [home, `${home}/confirmed`, `${home}?again`, `${home}?code`, link]) {
      expect(headingOf(await agent.follow(await agent.get(url))), url).toBe(say('finished.heading'))
    }
    for (const form of ['email', 'verify', 'again', 'change', 'continue', 'cancel']) {
      const page = await agent.follow(await agent.post(`${home}/${form}`, { address: 'ada@example.com', code: 'BBBBBBBB' }))
      expect(headingOf(page), form).toBe(say('finished.heading'))
    }
    // The app's own redirect, reloaded, begins a new round: signed in already, so it goes straight through.
    expect(returned(await agent.follow(await agent.get(started.url)))?.get('code')).toBeDefined()
  })

  it('"Back to the app" tells the app that the person went back', async () => {
    const { agent, home, started } = await beginSignIn(latchkey)
    const left = returned(await agent.follow(await agent.post(`${home}/cancel`)))
    expect(left?.get('error')).toBe('access_denied')
    expect(left?.get('state')).toBe(started.state)
  })
})

describe('two tabs in one browser', () => {
  it('each have a sign-in of their own, for different people even, and both arrive', async () => {
    const agent = new Agent()
    const one = await beginSignIn(latchkey, { agent })
    const two = await beginSignIn(latchkey, { agent })
    expect(one.home).not.toBe(two.home)
    const [first, second] = [await one.nextMail(), await two.nextMail()]

    // The second tab's link is used first; the first tab waits on, untouched.
    await agent.post(linkIn(second.text))
    expect(await askState(one)).toBeUndefined()
    expect(returned(await agent.follow(await agent.get(two.home)))?.get('state')).toBe(two.started.state)
    await agent.post(linkIn(first.text))
    // Somebody else is signed in by now: that session gives way, by a form that posts itself.
    const farewell = await agent.follow(await agent.get(one.home))
    expect(returned(await pressOnlyButton(agent, farewell))?.get('state')).toBe(one.started.state)
  })

  it('the same address in both: each mail continues its own tab', async () => {
    const agent = new Agent()
    const address = newAddress()
    const one = await beginSignIn(latchkey, { agent, address })
    const first = await one.nextMail()
    const two = await beginSignIn(latchkey, { agent, address })
    const second = await two.nextMail()
    await agent.post(linkIn(first.text))
    expect(await askState(two)).toBeUndefined()
    expect(returned(await agent.follow(await agent.get(one.home)))?.get('state')).toBe(one.started.state)
    await agent.post(linkIn(second.text))
    expect(returned(await agent.follow(await agent.get(two.home)))?.get('state')).toBe(two.started.state)
  })

  it('the cookie of one attempt opens no page of the other', async () => {
    const [one, two] = [await beginSignIn(latchkey), await beginSignIn(latchkey)]
    const stolen = two.agent.cookies(two.home)
    const page = await new Agent().get(one.home, { cookie: stolen })
    expect(page.status).toBe(410)
    expect(page.body).not.toContain('form')
    const answer = await new Agent().post(`${one.home}/verify`, { code: codeIn((await one.nextMail()).text) }, { cookie: stolen })
    expect(answer.status).toBe(410)
    expect(await askState(one)).toBeUndefined()
  })

  it('the pages of an attempt with another browser’s name do nothing for it', async () => {
    const [one, two] = [await beginSignIn(latchkey), await beginSignIn(latchkey)]
    const code = codeIn((await one.nextMail()).text)
    const browser = /__Host-browser=[^;]+/
    const cookie = one.agent.cookies(one.home).replace(browser, browser.exec(two.agent.cookies(two.home))?.[0] ?? '')
    const answer = await new Agent().post(`${one.home}/verify`, { code }, { cookie })
    expect(answer.status).toBe(410)
    expect(await askState(one)).toBeUndefined()
  })
})

it.each(['-1e9', '-Infinity', 'x', '', '2.5'])(
  'a tab that was overtaken comes again three times at most, whatever its address says: over=%s',
  async over => {
    const begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    let answer = await begun.agent.get(`${begun.home}?over=${over}`)
    let redirects = 0
    for (; answer.location !== undefined && redirects < 10; redirects += 1) answer = await begun.agent.get(answer.location)
    expect(redirects).toBeLessThanOrEqual(3)
    expect(answer.status).toBe(410)
  },
)
