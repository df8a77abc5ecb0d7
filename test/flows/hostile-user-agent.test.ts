/** Mails and pages say which device asked. What stands in a user agent is a stranger's, and our mails do not carry his words. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, linkIn } from '../support/relying-party.ts'
import { beginSignIn } from '../support/sign-in.ts'

let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp] })
})
afterAll(() => latchkey?.stop())

async function readAllFrom(userAgent: string): Promise<string> {
  const begun = await beginSignIn(latchkey, { agent: new Agent(userAgent) })
  const mail = await begun.nextMail()
  const elsewhere = await new Agent().get(linkIn(mail.text))
  return JSON.stringify([begun.waiting.body, mail, elsewhere.body])
}

it.each([
  'Your account is locked. Call 0800 1234/1',
  'Your account is locked. Call 0800 1234/1 (X11; Linux x86_64)',
  'Your account is locked. Call 0800 1234 (Windows NT 10.0)',
])('%s', async userAgent => {
  const all = await readAllFrom(userAgent)
  expect(all).not.toContain('account is locked')
  expect(all).not.toContain('0800')
})

it('a browser that is known is named', async () => {
  expect(await readAllFrom('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')).toContain('Firefox · Linux')
})
