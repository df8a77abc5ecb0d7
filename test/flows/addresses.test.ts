/** The address that is typed is the one that the mail server is told, in one normal form, or it is refused. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent, type Response } from '../support/agent.ts'
import { readRows } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { isNotice } from '../support/mail.ts'
import { browserApp, linkIn, startRequest } from '../support/relying-party.ts'
import { newAgentBehindProxy, returned } from '../support/sign-in.ts'
import { type ReceivedMail, type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'

let mails: SmtpSink
let latchkey: RunningLatchkey

beforeAll(async () => {
  mails = await startSmtpSink()
  latchkey = await startLatchkey({
    apps: [browserApp],
    environment: { TRUSTED_PROXIES: '1', SMTP_URL: mails.url, MAIL_FROM: 'Latchkey <no-reply@example.com>' },
  })
})
afterAll(async () => {
  await latchkey?.stop()
  await mails?.stop()
})

async function ask(
  typed: string,
  agent: Agent = newAgentBehindProxy(),
): Promise<{ answer: Response; home: string; agent: Agent }> {
  const first = await agent.follow(await agent.get((await startRequest(latchkey.issuer, browserApp)).url))
  const home = `${latchkey.issuer}${new URL(first.url).pathname}`
  return { answer: await agent.post(`${home}/email`, { address: typed }), home, agent }
}

/** What was sent for a sign-in. That one had another device is told by other mails, in their own time. */
const signInMails = () => mails.mails.filter(({ parsed }) => !isNotice(parsed))

/** The one mail that came since there were `count`, once it is here and nothing else is on its way. */
async function nextMail(count: number): Promise<ReceivedMail> {
  await expect.poll(() => signInMails().length, { interval: 5, timeout: 10_000 }).toBe(count + 1)
  const mail = signInMails()[count]
  if (mail === undefined) throw new Error('no mail arrived')
  return mail
}

function expectOneRecipient(mail: ReceivedMail, address: string): void {
  expect(mails.rcptAddresses[mails.mails.indexOf(mail)]).toBe(`<${address}>`)
  expect(mail.recipients).toHaveLength(1)
  expect(mail.parsed.to).toEqual([{ name: '', address }])
  expect(mail.parsed.cc ?? mail.parsed.bcc).toBeUndefined()
  const head = mail.raw.slice(0, mail.raw.indexOf('\r\n\r\n'))
  expect(head.match(/^(?:to|cc|bcc|from|subject):/gim)).toHaveLength(3)
}

describe('the normal form', () => {
  it.each([
    ['Ada@Example.COM', 'ada@example.com'],
    ['  ada@example.com\t', 'ada@example.com'],
    ['ada.lovelace+notes@example.com', 'ada.lovelace+notes@example.com'],
    ["o'neill_!#$%&*/=^?`{|}~-@example.com", "o'neill_!#$%&*/=^?`{|}~-@example.com"],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
    ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['ada@faß.example', 'ada@xn--fa-hia.example'],
    // What looks like another notation is characters like any others.
    ['ada%0D%0a@example.com\u2028', 'ada%0d%0a@example.com'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ])('of %j is what the mail server is told and what is kept: %s', async (typed, address) => {
    const count = signInMails().length
    const { answer, home, agent } = await ask(typed)
    expect(answer.status).toBe(303)
    const mail = await nextMail(count)
    expectOneRecipient(mail, address)
    await agent.post(linkIn(mail.parsed.text ?? ''))
    expect(returned(await agent.follow(await agent.get(home)))?.has('code')).toBe(true)
    const known = await latchkey.adapters.data.read({ kind: 'system', reason: 'sign-in' }, ({ users }) =>
      users.findByAddress(address),
    )
    expect(known?.address).toBe(address)
  })

  it('makes one person of all spellings, and two of what is two mailboxes', async () => {
    const before = (await readRows(latchkey, 'users')).length
    for (const typed of [
      'grace@example.com',
      'GRACE@EXAMPLE.COM',
      ' Grace@example.com ',
      'gra.ce@example.com',
      'grace+1@example.com',
    ]) {
      const count = signInMails().length
      const { home, agent } = await ask(typed)
      await agent.post(linkIn((await nextMail(count)).parsed.text ?? ''))
      await agent.follow(await agent.get(home))
    }
    expect((await readRows(latchkey, 'users')).length).toBe(before + 3)
  })
})

describe('refused, with a reason and without a mail', () => {
  it.each([
    'ada',
    '@example.com',
    'ada@',
    'ada@localhost',
    'ada@example',
    'ada@@example.com',
    'ada@a@example.com',
    'ada@example.com,eve@evil.example',
    'ada@example.com;eve@evil.example',
    'ada@example.com eve@evil.example',
    'eve@evil.example>, <ada@example.com',
    '<ada@example.com>',
    'Ada <ada@example.com>',
    '"ada"@example.com',
    '"ada@evil.example"@example.com',
    '"a\r\nBcc: eve@evil.example\r\n"@example.com',
    'group: ada@example.com, eve@evil.example;',
    'ada(comment)@example.com',
    'ada@example.com(comment)',
    'ada@[127.0.0.1]',
    'ada@127.0.0.1',
    'ada@0x7f.1',
    'ada@2130706433',
    'ada@example.com\r\nBcc: eve@evil.example',
    'ada@example.com\nRCPT TO:<eve@evil.example>',
    'ada\u0000@example.com',
    'ada@exam\u0000ple.com',
    'ada@example.com%0d%0aBcc:eve@evil.example',
    '.ada@example.com',
    'ada.@example.com',
    'a..da@example.com',
    'ada@.example.com',
    'ada@example..com',
    'ada@example.com.',
    'ada@-example.com',
    'ada@exa_mple.com',
    'ada@example.com:25',
    'ada@example.com/x',
    'ada@evil.example#@example.com',
    'ada@evil.example?@example.com',
    'ada\\@evil.example@example.com',
    `${'a'.repeat(65)}@example.com`,
    `ada@${'a'.repeat(64)}.com`,
    `ada@${'a.'.repeat(130)}com`,
    'аda@example.com',
    'ada@ex\u200bample.com',
    'ada＠example.com',
    '=?utf-8?q?ada=40evil.example=2C?=@example.com',
    'mailto:ada@example.com',
    '--help@',
  ])('%j', async typed => {
    const count = signInMails().length
    const { answer } = await ask(typed)
    expect(answer.status).toBe(400)
    expect(answer.body).toMatch(/aria-invalid="true"/)
    expect(signInMails()).toHaveLength(count)
  })
})

describe('whatever is typed', () => {
  const special = fc.constantFrom(...'@.,;:<>()[]"\\\'+-_%=?`{|}~ \t\r\n\0\u00a0\u200b\u2028\u202e'.split(''))
  const part = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    special,
    fc.constantFrom('a', 'example.com', 'evil.example', 'Bcc: x@y.example', '@'),
  )
  const typed = fc.oneof(
    fc.array(part, { maxLength: 8 }).map(parts => parts.join('')),
    fc.emailAddress(),
    fc.tuple(fc.emailAddress(), special, fc.emailAddress()).map(parts => parts.join('')),
    fc.tuple(fc.emailAddress(), part).map(parts => parts.join('')),
  )

  it('is refused, or is one address of which the mail server is told nothing but the normal form', async () => {
    await fc.assert(
      fc.asyncProperty(typed, async text => {
        const count = signInMails().length
        const { answer } = await ask(text)
        expect([303, 400, 429]).toContain(answer.status)
        if (answer.status !== 303) return
        const mail = await nextMail(count)
        const recipient = mails.rcptAddresses.at(-1)?.slice(1, -1) ?? ''
        expectOneRecipient(mail, recipient)
        expect(recipient).toMatch(/^[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9.-]+$/)
        // Another round through the same form changes nothing more.
        expect(recipient.split('@')[0]).toBe(text.trim().toLowerCase().split('@')[0])
      }),
      { numRuns: 60 },
    )
  })
})
