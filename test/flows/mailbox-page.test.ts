/** The mailbox page of an installation on one's own machine: whoever reads it can sign in as anybody, so it answers that machine alone. */
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { locales } from '../../views/page-context.ts'
import { Agent } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { sendRaw } from '../support/raw-request.ts'
import { browserApp, linkIn } from '../support/relying-party.ts'
import { beginSignIn, listMails } from '../support/sign-in.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'

let latchkey: RunningLatchkey
let link: string
let id: string

beforeAll(async () => {
  // Everywhere, so that it is the page that refuses those from elsewhere.
  latchkey = await startLatchkey({ apps: [browserApp], environment: { LISTEN_ADDRESS: '::' } })
  const begun = await beginSignIn(latchkey)
  link = linkIn((await begun.nextMail()).text)
  id = (await listMails(latchkey, begun.address))[0]?.id ?? ''
})
afterAll(() => latchkey?.stop())

const paths = () => ['/mailbox', `/mailbox/${id}`, `/mailbox/${id}/html`]

describe('from this machine', () => {
  it.each(['localhost', '127.0.0.1', '[::1]'])('by %s it lists the mails and shows each one', async host => {
    const { port } = new URL(latchkey.issuer)
    const show = async (path: string) => new Agent().get(`http://${host}:${port}${path}`, { host: `localhost:${port}` })
    const [list, mail, html] = await Promise.all(paths().map(show))
    expect(list?.body).toContain(`/mailbox/${id}`)
    expect(mail?.body).toContain(link)
    expect(html?.body).toContain(link)
    for (const page of [list, mail, html]) expect(page?.headers['cache-control']).toBe('no-store')
  })

  it('the HTML of a mail runs nothing, loads nothing, sends nothing, and is framed by the mailbox alone', async () => {
    const html = await new Agent().get(`${latchkey.issuer}/mailbox/${id}/html`)
    const policy = String(html.headers['content-security-policy'])
      .split(';')
      .map(each => each.trim())
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'self'")
    const sandbox = policy.find(each => each.startsWith('sandbox')) ?? ''
    expect(sandbox.split(' ').toSorted()).toEqual(['allow-popups', 'allow-popups-to-escape-sandbox', 'sandbox'])
    expect(policy.filter(each => !/^(default-src|style-src|frame-ancestors|sandbox)\b/.test(each))).toEqual([])
    const page = await new Agent().get(`${latchkey.issuer}/mailbox/${id}`)
    expect(page.body).toMatch(/<iframe[^>]*\ssrc="\/mailbox\/[0-9a-f]+\/html"/)
  })

  it.each(['nothing', '../../../etc/passwd', '%2e%2e%2fmaster.key', '0'.repeat(32), '__proto__'])(
    'there is no mail %j',
    async name => {
      expect((await new Agent().get(`${latchkey.issuer}/mailbox/${name}`)).status).toBe(404)
      expect((await new Agent().get(`${latchkey.issuer}/mailbox/${name}/html`)).status).toBe(404)
    },
  )
})

it.each(locales)('the page that waits for the mail leads there, and waits on in its own tab, in %s', async locale => {
  const { say } = speak(locale)
  const { waiting } = await beginSignIn(latchkey, { parameters: { ui_locales: locale } })
  expect(waiting.body).toContain(`<a href="/mailbox" target="_blank" rel="noopener">${say('check-mail.open-mailbox')}</a>`)
  expect(waiting.body).toContain(say('check-mail.mailbox', { link: '' }).trimEnd())
  expect(waiting.body).not.toContain(say('check-mail.no-mail'))
})

describe('from anywhere else', () => {
  const outside = Object.values(networkInterfaces())
    .flatMap(addresses => addresses ?? [])
    .find(({ internal, family, address }) => !internal && (family === 'IPv4' || !address.startsWith('fe80')))

  it.skipIf(outside === undefined)('there is nothing, also for whoever claims to be here', async () => {
    const { host, port } = new URL(latchkey.issuer)
    const address = outside?.family === 'IPv6' ? `[${outside.address}]` : outside?.address
    for (const path of paths()) {
      for (const claim of [[], ['X-Forwarded-For: 127.0.0.1'], ['Forwarded: for=127.0.0.1'], ['X-Real-IP: ::1']]) {
        const request = [`GET ${path} HTTP/1.1`, `Host: ${host}`, ...claim, 'Connection: close']
        const answer = await sendRaw(`http://${address}:${port}`, `${request.join('\r\n')}\r\n\r\n`)
        expect(answer.status, path).toBe(404)
        expect(answer.body).not.toContain(link)
      }
    }
  })

  it('through a proxy on this machine there is nothing either', async () => {
    const proxied = await startLatchkey({ apps: [browserApp], environment: { TRUSTED_PROXIES: '1' } })
    try {
      const { nextMail, address } = await beginSignIn(proxied)
      await nextMail()
      const [mail] = await listMails(proxied, address)
      for (const path of ['/mailbox', `/mailbox/${mail?.id}`, `/mailbox/${mail?.id}/html`]) {
        for (const forwardedFor of ['198.51.100.1', '127.0.0.1, 198.51.100.1', '2001:db8::1']) {
          expect((await new Agent().get(`${proxied.issuer}${path}`, { 'x-forwarded-for': forwardedFor })).status).toBe(404)
        }
        expect((await new Agent().get(`${proxied.issuer}${path}`, { 'x-forwarded-for': '127.0.0.1' })).status).toBe(200)
      }
    } finally {
      await proxied.stop()
    }
  })

  it('by a name that leads here there is nothing (DNS rebinding)', async () => {
    const { port } = new URL(latchkey.issuer)
    for (const path of paths()) {
      const answer = await new Agent().get(`${latchkey.issuer}${path}`, { host: `rebound.evil.example:${port}` })
      expect(answer.status).toBe(421)
      expect(answer.body).not.toContain(link)
    }
  })
})

it('where mail leaves by a server there is no mailbox', async () => {
  const mails = await startSmtpSink()
  const sending = await startLatchkey({
    apps: [browserApp],
    environment: { SMTP_URL: mails.url, MAIL_FROM: 'no-reply@example.com' },
  })
  try {
    expect((await new Agent().get(`${sending.issuer}/mailbox`)).status).toBe(404)
    expect((await new Agent().get(sending.issuer)).body).not.toContain('/mailbox')
    const { waiting } = await beginSignIn(sending)
    expect(waiting.body).not.toContain('/mailbox')
    expect(waiting.body).toContain(speak('en').say('check-mail.no-mail'))
  } finally {
    await sending.stop()
    await mails.stop()
  }
})
