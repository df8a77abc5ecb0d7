import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMailbox } from '../../adapters/mail/mailbox.ts'
import { createSmtpMailer } from '../../adapters/mail/smtp.ts'
import type { Mailer } from '../../provider/ports/mailer.ts'
import { messageTo, sender } from '../support/mail.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'

interface Arrived {
  recipients: string[]
  subject: string
}

interface OpenMailer {
  mailer: Mailer
  arrived(): Promise<Arrived[]>
  close(): Promise<void>
}

async function openSmtp(): Promise<OpenMailer> {
  const sink = await startSmtpSink()
  const mailer = createSmtpMailer({ url: sink.url, from: sender })
  return {
    mailer,
    arrived: async () => sink.mails.map(({ recipients, parsed }) => ({ recipients, subject: parsed.subject ?? '' })),
    close: async () => {
      await mailer.close()
      await sink.stop()
    },
  }
}

async function openFiles(): Promise<OpenMailer> {
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-mailbox-'))
  const mailer = await openMailbox({ directory })
  return {
    mailer,
    arrived: async () => (await mailer.list()).toReversed().map(({ to, subject }) => ({ recipients: [to], subject })),
    close: async () => {
      await mailer.close()
      await rm(directory, { recursive: true })
    },
  }
}

describe.each([
  { name: 'over SMTP', open: openSmtp },
  { name: 'that keeps files', open: openFiles },
])('a mailer $name', ({ open }) => {
  let opened: OpenMailer
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened?.close())

  it('delivers to the one recipient', async () => {
    await opened.mailer.verify()
    await opened.mailer.send(messageTo('somebody+tag@example.com'))
    expect((await opened.arrived()).at(-1)).toEqual({
      recipients: ['somebody+tag@example.com'],
      subject: 'Anmelden bei Beispiel – Grüße',
    })
  })

  it.each([
    'a@example.com,b@example.com',
    'a@example.com;b@example.com',
    'a@example.com b@example.com',
    'a@example.com\r\nRCPT TO:<b@example.com>',
    'a@example.com\nBcc: b@example.com',
    '"a@evil.example b"@example.com',
    'Group: a@example.com, b@example.com;',
    '<a@example.com>',
    'a@b@example.com',
    'a(comment)@example.com',
    'a@[127.0.0.1]',
    'a\u0000@example.com',
    'a@exa\u202emple.com',
    '@example.com',
    'a@',
    '',
  ])('refuses %j, which is not one plain address, for good', async address => {
    const before = (await opened.arrived()).length
    await expect(opened.mailer.send(messageTo(address))).rejects.toMatchObject({ code: 'address-unusable' })
    expect(await opened.arrived()).toHaveLength(before)
  })

  it('puts what was meant as several lines on one', async () => {
    await opened.mailer.send(messageTo('a@example.com', { subject: 'Hello\r\nBcc: b@example.com\u2028\u0000 you' }))
    expect((await opened.arrived()).at(-1)).toEqual({ recipients: ['a@example.com'], subject: 'Hello Bcc: b@example.com you' })
  })

  it('refuses a Message-ID or a language with room for a header', async () => {
    await expect(
      opened.mailer.send(messageTo('a@example.com', { messageId: 'x@y>\r\nBcc: b@example.com' })),
    ).rejects.toMatchObject({
      code: 'bad-request',
    })
    await expect(opened.mailer.send(messageTo('a@example.com', { language: 'en\r\nBcc: b@example.com' }))).rejects.toMatchObject({
      code: 'bad-request',
    })
  })
})
