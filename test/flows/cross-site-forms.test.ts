/** Forms of ours come from pages of ours: whatever another site makes a browser send is refused, and changes nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, codeIn, linkIn } from '../support/relying-party.ts'
import { listPosts, urlOf } from '../support/route-requests.ts'
import { askState, type BegunSignIn, beginSignIn, listMails, newAgentBehindProxy, returned } from '../support/sign-in.ts'

let latchkey: RunningLatchkey
let begun: BegunSignIn
let link: string
let code: string

beforeAll(async () => {
  latchkey = await startLatchkey({
    apps: [browserApp],
    environment: { TRUSTED_PROXIES: '1', GOOGLE_CLIENT_ID: 'latchkey', GOOGLE_CLIENT_SECRET: 'secret' },
  })
  begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
  const { text } = await begun.nextMail()
  link = linkIn(text)
  code = codeIn(text)
})
afterAll(() => latchkey?.stop())

const senders: Record<string, (issuer: string) => Record<string, string>> = {
  'nobody knows who': () => ({}),
  'another site': () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }),
  'another site, in an old browser': () => ({ origin: 'https://evil.example' }),
  'another port of this host': () => ({ origin: 'http://localhost:4000', 'sec-fetch-site': 'same-site' }),
  'this host over https': issuer => ({ origin: issuer.replace('http:', 'https:') }),
  'this host with something behind': issuer => ({ origin: `${issuer}.evil.example` }),
  'this host with a path': issuer => ({ origin: `${issuer}/` }),
  'a sandboxed frame': () => ({ origin: 'null' }),
  'a sandboxed frame of our own': () => ({ origin: 'null', 'sec-fetch-site': 'same-origin' }),
  'two origins': issuer => ({ origin: `${issuer}, https://evil.example` }),
  'a browser that says it is another site, whatever Origin says': issuer => ({ origin: issuer, 'sec-fetch-site': 'cross-site' }),
  'a neighbour, without Origin': () => ({ 'sec-fetch-site': 'same-site' }),
  'the address bar': () => ({ 'sec-fetch-site': 'none' }),
  'Referer alone': issuer => ({ referer: `${issuer}/` }),
}

describe.each(Object.keys(senders))('%s', sender => {
  it('is refused at every form, and the sign-in is where it was', async () => {
    const paths = listPosts(latchkey, 'browser')
    expect(paths.length).toBeGreaterThan(8)
    for (const path of paths) {
      const url = urlOf(latchkey, path, { uid: begun.home.split('/').pop() ?? '', token: link.split('/').pop() ?? '' })
      const answer = await begun.agent.send(url, {
        method: 'POST',
        form: { address: 'evil@example.com', code, decision: 'allow' },
        headers: senders[sender]?.(latchkey.issuer) ?? {},
      })
      expect(answer.status, path).toBe(403)
      expect(answer.headers['set-cookie'], path).toBeUndefined()
    }
    expect(await askState(begun)).toBeUndefined()
    expect(await listMails(latchkey, 'evil@example.com')).toHaveLength(0)
    expect(await listMails(latchkey, begun.address)).toHaveLength(1)
  })
})

it('no form of ours is open to everybody but the one that the doctor of the installation asks', () => {
  const open = latchkey.routes.filter(({ method, access }) => method === 'POST' && access === 'public').map(({ path }) => path)
  expect(open).toEqual([expect.stringContaining('doctor')])
})

it('a page of ours, by Fetch Metadata alone, is let through', async () => {
  const answer = await begun.agent.send(`${begun.home}/verify`, {
    method: 'POST',
    form: { code },
    headers: { 'sec-fetch-site': 'same-origin' },
  })
  expect(answer.status).toBe(303)
  expect(returned(await begun.agent.follow(answer))?.has('code')).toBe(true)
})

describe('a GET', () => {
  it('of any route changes nothing', async () => {
    const other = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    const token =
      linkIn((await other.nextMail()).text)
        .split('/')
        .pop() ?? ''
    for (const { path } of latchkey.routes) {
      const url = urlOf(latchkey, path, { uid: other.home.split('/').pop() ?? '', token })
      for (const method of ['GET', 'HEAD'] as const) {
        const headers = { 'sec-fetch-site': 'cross-site' }
        expect((await other.agent.send(`${url}?address=evil@example.com`, { method, headers })).status, path).toBeLessThan(500)
      }
    }
    expect(await askState(other)).toBeUndefined()
    expect(await listMails(latchkey, 'evil@example.com')).toHaveLength(0)
  })
})
