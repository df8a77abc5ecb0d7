/** OAuth 2.0 Form Post Response Mode: the browser posts the app its answer, from a page of ours. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent, type Response } from '../support/agent.ts'
import { redeem, signIn } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp, startRequest } from '../support/relying-party.ts'
import { headingOf } from '../support/sign-in.ts'

let latchkey: RunningLatchkey
const ada = new Agent()

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [serverApp] })
  await signIn(latchkey, ada, serverApp, 'ada@example.com')
})
afterAll(async () => {
  ada.close()
  await latchkey?.stop()
})

const decoded = (text: string) =>
  text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#39;', "'").replaceAll('&amp;', '&')

/** What the page's one form would post, and where to. */
function formIn({ body }: Response): { action: string; fields: Record<string, string> } {
  const [form, ...more] = body.match(/<form[\s>].*?<\/form>/gs) ?? []
  expect(more).toEqual([])
  const [, action = ''] = /<form[^>]* action="([^"]*)"/.exec(form ?? '') ?? []
  expect(form).toMatch(/<form method="post"/)
  const hidden = [...(form ?? '').matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
  return {
    action: decoded(action),
    fields: Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, decoded(value)])),
  }
}
/** The browser is told of scripts by their address alone, and of no script inside a page. */
function expectNoInlineScript(page: Response): void {
  const policy = String(page.headers['content-security-policy'])
  expect(policy.split(/; ?/).find(each => each.startsWith('script-src'))).toBe("script-src 'self'")
  for (const [, attributes, content] of page.body.matchAll(/<script([^>]*)>(.*?)<\/script>/gs)) {
    expect(attributes).toMatch(/ src="\/assets\/[^"]+"/)
    expect(content).toBe('')
  }
  expect(page.body).not.toMatch(/\son[a-z]+="/)
}

it('takes the app a code that is as good as any', async () => {
  const started = await startRequest(latchkey.issuer, serverApp, { response_mode: 'form_post' })
  const page = await ada.get(started.url)
  expect([page.status, page.location]).toEqual([200, undefined])
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(page.headers['cache-control']).toBe('no-store')
  const { action, fields } = formIn(page)
  expect(action).toBe(serverApp.redirect_uris[0])
  expect(fields).toEqual({ code: expect.any(String), state: started.state, iss: latchkey.issuer })
  expect((await redeem(latchkey, serverApp, { code: fields['code'] ?? '', started })).status).toBe(200)
})

it('posts by a script that we serve as a file, and by a button where there is none', async () => {
  const page = await ada.get((await startRequest(latchkey.issuer, serverApp, { response_mode: 'form_post' })).url)
  expectNoInlineScript(page)
  const [, script = ''] = /<script src="([^"]+)"/.exec(page.body) ?? []
  const asset = await ada.get(`${latchkey.issuer}${script}`)
  expect(asset.headers['content-type']).toBe('text/javascript; charset=utf-8')
  expect(asset.body).toContain('submit()')
  expect(page.body).toMatch(/<button type="submit"/)
})

it.each([
  ['en', 'Back to Ledger'],
  ['de', 'Zurück zu Ledger'],
  ['fr', 'Retour à Ledger'],
  ['it', 'Torna a Ledger'],
])('speaks the language of the request: %s', async (language, heading) => {
  const { url } = await startRequest(latchkey.issuer, serverApp, { response_mode: 'form_post', ui_locales: language })
  const page = await ada.get(url)
  expect(page.body).toContain(`<html lang="${language}">`)
  expect(headingOf(page)).toBe(heading)
})

it('takes the app what went wrong, too', async () => {
  const stranger = new Agent()
  const started = await startRequest(latchkey.issuer, serverApp, { response_mode: 'form_post', prompt: 'none' })
  const page = await stranger.get(started.url)
  expect(page.status).toBe(400)
  expectNoInlineScript(page)
  const { action, fields } = formIn(page)
  expect(action).toBe(serverApp.redirect_uris[0])
  expect(fields).toMatchObject({ error: 'login_required', state: started.state, iss: latchkey.issuer })
  stranger.close()
})

it('keeps what an app calls its state a word, whatever it is', async () => {
  const state = '"><script>alert(1)</script>\'&amp;'
  const page = await ada.get((await startRequest(latchkey.issuer, serverApp, { response_mode: 'form_post', state })).url)
  expect(page.body).not.toContain('<script>')
  expect(formIn(page).fields['state']).toBe(state)
})

it('goes to no address that the app has not registered', async () => {
  const { url } = await startRequest(latchkey.issuer, serverApp, {
    response_mode: 'form_post',
    redirect_uri: 'https://evil.example/',
  })
  const page = await ada.get(url)
  expect(page.status).toBe(400)
  expect(page.body).not.toContain('evil.example')
})

describe('no page of ours allows a script of anybody else', () => {
  it.each([
    ['a device’s code in a link', '/device?user_code=BCDF-GHJK'],
    ['signing out', '/logout'],
  ])('%s', async (_what, path) => {
    expectNoInlineScript(await ada.get(`${latchkey.issuer}${path}`))
  })
})
