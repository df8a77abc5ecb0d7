/** The link works in the browser that began, and nowhere else: neither for a scanner, nor for whoever it was forwarded to. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { Agent } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, codeIn, linkIn } from '../support/relying-party.ts'
import { askState, type BegunSignIn, beginSignIn, formActions, headingOf, returned } from '../support/sign-in.ts'

const { say } = speak('en')
let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp] })
})
afterAll(() => latchkey?.stop())

/** The owner's link still signs the owner in. */
async function expectLinkToWork({ agent, waiting }: BegunSignIn, link: string): Promise<void> {
  expect((await agent.follow(await agent.post(link))).status).toBe(200)
  expect(returned(await agent.follow(await agent.get(waiting.url)))?.get('code')).toMatch(/^\S{20,}$/)
}

describe('opened in another browser', () => {
  it('says which app asked, when, and from what kind of device, and what to do with the code', async () => {
    const begun = await beginSignIn(latchkey)
    const link = linkIn((await begun.nextMail()).text)
    latchkey.clock.advance(130)
    const page = await new Agent('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1').get(link)
    expect(page.status).toBe(200)
    expect(headingOf(page)).toBe(say('link-elsewhere.heading'))
    expect(page.body).toContain(browserApp.client_name)
    expect(page.body).toMatch(/Firefox.*Linux/)
    expect(page.body).toContain('2 minutes ago')
    expect(page.body).toMatch(/<time datetime="\d{4}-/)
    expect(page.body).toMatch(/code/i)
    expect(formActions(page)).toEqual([])
    await expectLinkToWork(begun, link)
  })

  it('never shows the code or the address', async () => {
    const begun = await beginSignIn(latchkey)
    const { text } = await begun.nextMail()
    const { body } = await new Agent().get(linkIn(text))
    expect(body).not.toContain(begun.address)
    expect(body.replaceAll(' ', '')).not.toContain(codeIn(text))
  })

  it('signs nobody in by its button either, and burns nothing', async () => {
    const begun = await beginSignIn(latchkey)
    const link = linkIn((await begun.nextMail()).text)
    const other = new Agent()
    await other.get(link)
    const answer = await other.post(link)
    expect(answer.status).toBe(200)
    expect(headingOf(answer)).toBe(say('link-elsewhere.heading'))
    expect(other.cookies(latchkey.issuer)).not.toContain('session')
    expect(await askState(begun)).toBeUndefined()
    await expectLinkToWork(begun, link)
  })

  it('does not sign in a browser that has a sign-in of its own in progress', async () => {
    const victim = await beginSignIn(latchkey)
    const attacker = await beginSignIn(latchkey)
    // Forwarded: the victim presses the attacker's link, and would be signed in as the attacker.
    const answer = await victim.agent.post(linkIn((await attacker.nextMail()).text))
    expect(headingOf(answer)).toBe(say('link-elsewhere.heading'))
    expect(await askState(victim)).toBeUndefined()
    // Phished: the victim's link in the attacker's browser.
    const link = linkIn((await victim.nextMail()).text)
    expect(headingOf(await attacker.agent.post(link))).toBe(say('link-elsewhere.heading'))
    expect(await askState(attacker)).toBeUndefined()
    await expectLinkToWork(victim, link)
  })
})

describe('a scanner that keeps no cookies', () => {
  it('opens, asks for the head of, and posts to everything that it finds, and gets nothing', async () => {
    const begun = await beginSignIn(latchkey)
    const mail = await begun.nextMail()
    const link = linkIn(mail.text)
    const todo = [link, ...[...mail.html.matchAll(/(?:href|src)="(http[^"]+)"/g)].map(match => match[1] ?? '')]
    const done = new Set<string>()
    while (todo.length > 0) {
      const url = todo.pop() ?? ''
      if (done.has(url) || !url.startsWith(latchkey.issuer)) continue
      done.add(url)
      // Each request from a browser of its own, as it would be seen of one that keeps nothing.
      const answers = [
        await new Agent().send(url, { method: 'HEAD' }),
        await new Agent().get(url),
        await new Agent().post(url),
        await new Agent().send(url, { method: 'POST', form: {} }),
      ]
      for (const answer of answers) {
        expect(answer.status, url).toBeLessThan(500)
        expect(answer.headers['set-cookie']?.join() ?? '', url).not.toContain('session')
        expect(returned(answer), url).toBeUndefined()
        const links = [...answer.body.matchAll(/<(?:a|link|script|img)[^>]*\s(?:href|src)="([^"]+)"/g)]
        todo.push(...formActions(answer), ...links.map(match => new URL(match[1] ?? '', url).href))
      }
    }
    expect(done.size).toBeGreaterThan(1)
    expect(await askState(begun)).toBeUndefined()
    await expectLinkToWork(begun, link)
  })

  it('finds nothing to press in the page of the browser that began, without its cookie', async () => {
    const begun = await beginSignIn(latchkey)
    const link = linkIn((await begun.nextMail()).text)
    const page = await begun.agent.get(link)
    expect(formActions(page)).toEqual([link])
    for (const action of [...formActions(page), ...formActions(begun.waiting)]) {
      const answer = await new Agent().post(action)
      expect(answer.status).toBeLessThan(500)
      expect(returned(answer)).toBeUndefined()
    }
    expect(await askState(begun)).toBeUndefined()
    await expectLinkToWork(begun, link)
  })
})

it('opening the link changes nothing in the browser that began either, however often', async () => {
  const begun = await beginSignIn(latchkey)
  const link = linkIn((await begun.nextMail()).text)
  for (let round = 0; round < 3; round += 1) {
    expect((await begun.agent.send(link, { method: 'HEAD' })).status).toBe(200)
    expect(headingOf(await begun.agent.get(link))).toContain(browserApp.client_name)
  }
  expect(await askState(begun)).toBeUndefined()
  await expectLinkToWork(begun, link)
})

it('the mail names the app and the device too', async () => {
  const begun = await beginSignIn(latchkey)
  const mail = await begun.nextMail()
  for (const part of [mail.text, mail.html]) {
    expect(part).toContain(browserApp.client_name)
    expect(part).toMatch(/Firefox/)
  }
})
