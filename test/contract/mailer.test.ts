import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMailbox } from '../../adapters/mail/mailbox.ts'
import { createSmtpMailer } from '../../adapters/mail/smtp.ts'
import { newId } from '../../provider/kernel/ids.ts'
import type { Mailer, MailMessage } from '../../provider/ports/mailer.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'

const from = { name: 'Latchkey', address: 'no-reply@id.example.com' }

function messageTo(address: string, more: Partial<MailMessage> = {}): MailMessage {
  return {
    messageId: `${newId()}@id.example.com`,
    to: { name: '', address },
    subject: 'Anmelden bei Beispiel – Grüße',
    text: 'Your link:\n\nhttps://id.example.com/link#token\n\nÄ …',
    html: '<p>Your <a href="https://id.example.com/link#token">link</a> Ä …</p>',
    language: 'de-CH',
    ...more,
  }
}

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
  const mailer = createSmtpMailer({ url: sink.url, from })
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

describe('a mail over SMTP', () => {
  let sink: SmtpSink
  let mailer: Mailer
  beforeAll(async () => {
    sink = await startSmtpSink()
    mailer = createSmtpMailer({ url: sink.url, from })
  })
  afterAll(async () => {
    await mailer.close()
    await sink.stop()
  })

  it('has text and HTML, its headers, and no trace of the software', async () => {
    const message = messageTo('somebody@example.com')
    await mailer.send(message)
    const { parsed, raw, sender } = sink.mails.at(-1) ?? expect.fail('nothing arrived')
    expect(sender).toBe(from.address)
    expect(parsed.from).toEqual(from)
    expect(parsed.to).toEqual([{ name: '', address: 'somebody@example.com' }])
    expect(parsed.messageId).toBe(`<${message.messageId}>`)
    expect(parsed.text?.trim()).toBe(message.text)
    expect(parsed.html?.trim()).toBe(message.html)
    const headers = Object.fromEntries(parsed.headers.map(({ key, value }) => [key, value]))
    expect(headers).toMatchObject({ 'auto-submitted': 'auto-generated', 'content-language': 'de-CH' })
    expect(headers['content-type']).toMatch(/^multipart\/alternative/)
    expect(raw).not.toMatch(/nodemailer/i)
    expect(
      raw
        .split('\r\n\r\n')[0]
        ?.split('\r\n')
        .every(line => line.length <= 998),
    ).toBe(true)
  })

  it('lets no name and no subject become a header, a recipient or another mail', async () => {
    const nasty = fc.array(
      fc.constantFrom(
        '\r\n',
        '\n',
        '\r',
        '\u2028',
        ',',
        ';',
        '<',
        '>',
        '"',
        '\\',
        '@',
        ':',
        'Bcc: b@example.com',
        '.',
        ' ',
        'Ä',
        'a',
        '=?utf-8?q?x?=',
      ),
      { maxLength: 30 },
    )
    await fc.assert(
      fc.asyncProperty(nasty, nasty, async (name, subject) => {
        const before = sink.mails.length
        await mailer.send(
          messageTo('a@example.com', { to: { name: name.join(''), address: 'a@example.com' }, subject: subject.join('') }),
        )
        expect(sink.mails).toHaveLength(before + 1)
        const { parsed, recipients } = sink.mails.at(-1) ?? expect.fail('nothing arrived')
        expect(recipients).toEqual(['a@example.com'])
        expect(parsed.to?.map(({ address }) => address)).toEqual(['a@example.com'])
        expect(parsed.headers.map(({ key }) => key).toSorted()).toEqual(
          [
            ...['auto-submitted', 'content-language', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'to'],
            ...(parsed.headers.some(({ key }) => key === 'subject') ? ['subject'] : []),
          ].toSorted(),
        )
      }),
      { numRuns: 150 },
    )
  })

  it('uses a few connections for many mails', async () => {
    const own = await startSmtpSink()
    const pooled = createSmtpMailer({ url: own.url, from })
    await Promise.all(Array.from({ length: 30 }, (_, at) => pooled.send(messageTo(`a${at}@example.com`))))
    expect(own.mails).toHaveLength(30)
    expect(own.connections()).toBeLessThanOrEqual(8)
    await pooled.close()
    await own.stop()
  })
})

describe('an SMTP server in trouble', () => {
  const open: Array<() => Promise<void> | void> = []
  afterAll(async () => {
    for (const close of open) await close()
  })

  function mailerFor(url: string, deliveryMilliseconds = 5_000): Mailer {
    const mailer = createSmtpMailer({ url, from, deliveryMilliseconds })
    open.push(() => mailer.close())
    return mailer
  }

  async function listen(onConnection: (socket: Socket) => void): Promise<string> {
    const sockets = new Set<Socket>()
    const server: Server = createServer(socket => {
      sockets.add(socket)
      socket.on('error', () => {})
      onConnection(socket)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    const address = server.address()
    return `smtp://127.0.0.1:${typeof address === 'object' && address ? address.port : expect.fail('no port')}`
  }

  async function startSink(options: Parameters<typeof startSmtpSink>[0]): Promise<SmtpSink> {
    const sink = await startSmtpSink(options)
    open.push(() => sink.stop())
    return sink
  }

  it('that is gone: worth trying again, and arrives once it is back', async () => {
    const first = await startSmtpSink()
    await first.stop()
    const mailer = mailerFor(first.url)
    await expect(mailer.send(messageTo('a@example.com'))).rejects.toMatchObject({ code: 'unavailable' })
    await expect(mailer.verify()).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringMatching(/127\.0\.0\.1:\d+ refuses connections/),
    })
    const second = await startSink({ port: first.port })
    await mailer.send(messageTo('a@example.com'))
    expect(second.mails).toHaveLength(1)
  })

  it('that says nothing, or a byte at a time: given up after the time for one mail', async () => {
    const silent = await listen(() => {})
    const dripping = await listen(socket => {
      const timer = setInterval(() => socket.write('2'), 50)
      socket.on('close', () => clearInterval(timer))
    })
    for (const url of [silent, dripping]) {
      const mailer = mailerFor(url, 300)
      const began = performance.now()
      await expect(mailer.send(messageTo('a@example.com'))).rejects.toMatchObject({ code: 'unavailable' })
      expect(performance.now() - began).toBeLessThan(2_000)
    }
  })

  it('that stalls on one mail holds up none of the next', async () => {
    let stalling = true
    const sink = await startSink({
      onMailFrom(_address, _session, callback) {
        if (!stalling) callback()
      },
    })
    const mailer = mailerFor(sink.url, 400)
    const stalled = await Promise.allSettled(Array.from({ length: 6 }, () => mailer.send(messageTo('a@example.com'))))
    expect(stalled.map(({ status }) => status)).toEqual(Array(6).fill('rejected'))
    stalling = false
    await mailer.send(messageTo('a@example.com'))
    expect(sink.mails).toHaveLength(1)
  })

  it.each([
    ['451 4.7.1 Greylisted <a@example.com>', 'unavailable'],
    ['550 5.7.1 Relaying denied for <a@example.com>', 'unavailable'],
    ['550 5.1.1 <a@example.com>: no such user', 'address-unusable'],
  ])('that answers the recipient with %j', async (reply, code) => {
    const sink = await startSink({
      onRcptTo(_address, _session, callback) {
        callback(Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) }))
      },
    })
    await expect(mailerFor(sink.url).send(messageTo('a@example.com'))).rejects.toMatchObject({ code })
  })

  it('that refuses the login: the operator is told, without the password', async () => {
    const sink = await startSink({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth(_login, _session, callback) {
        callback(Object.assign(new Error('5.7.8 no'), { responseCode: 535 }))
      },
    })
    const mailer = mailerFor(sink.url.replace('smtp://', 'smtp://somebody:hunter2@'))
    const error = await mailer.verify().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ message: expect.stringContaining('refuses the user name or the password (535)') })
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
  })

  it('that offers no TLS gets no password, unless it is on this machine', async () => {
    const sink = await startSink({
      allowInsecureAuth: true,
      onAuth: (_login, _session, callback) => callback(null, { user: 'x' }),
    })
    const login = sink.url.replace('smtp://', 'smtp://somebody:hunter2@')
    await mailerFor(login).verify()
    const elsewhere = login.replace('127.0.0.1', '0.0.0.0')
    await expect(mailerFor(elsewhere).verify()).rejects.toMatchObject({
      message: expect.stringContaining('no TLS that can be trusted'),
    })
    await mailerFor(`${elsewhere}?requireTLS=false`).verify()
  })

  it('whose certificate nobody vouches for gets no mail', async () => {
    const sink = await startSink({ disabledCommands: [], secure: false })
    const mailer = mailerFor(sink.url)
    await expect(mailer.send(messageTo('a@example.com'))).rejects.toMatchObject({ code: 'unavailable' })
    await expect(mailer.verify()).rejects.toMatchObject({ message: expect.stringContaining('no TLS that can be trusted') })
    await mailerFor(`${sink.url}?tls.rejectUnauthorized=false`).send(messageTo('a@example.com'))
    expect(sink.mails).toHaveLength(1)
  })
})

describe('the mailbox', () => {
  let directory: string
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'latchkey-mailbox-'))
  })
  afterAll(() => rm(directory, { recursive: true }))

  it('keeps mails across a restart, in files for the owner alone', async () => {
    const place = join(directory, 'restart')
    const message = messageTo('a@example.com')
    const before = await openMailbox({ directory: place })
    await before.send(message)
    await before.close()
    for (const name of await readdir(place)) expect((await stat(join(place, name))).mode & 0o777).toBe(0o600)
    expect((await stat(place)).mode & 0o777).toBe(0o700)

    const after = await openMailbox({ directory: place })
    const [listed] = await after.list()
    expect(listed).toMatchObject({ to: 'a@example.com', subject: message.subject, receivedAt: expect.any(Date) })
    expect(listed?.id).toMatch(/^[0-9a-f]{32}$/)
    expect(await after.find(listed?.id ?? '')).toEqual({ id: listed?.id, receivedAt: listed?.receivedAt, message })
  })

  it('keeps the 200 newest, newest first, on disk and in the list', async () => {
    const place = join(directory, 'bounded')
    const mailbox = await openMailbox({ directory: place })
    await Promise.all(Array.from({ length: 205 }, (_, at) => mailbox.send(messageTo('a@example.com', { subject: `mail ${at}` }))))
    const subjects = (await mailbox.list()).map(({ subject }) => subject)
    expect(subjects).toEqual(Array.from({ length: 200 }, (_, at) => `mail ${204 - at}`))
    expect(await readdir(place)).toHaveLength(200)
  })

  it('keeps a mail that was delivered twice once', async () => {
    const mailbox = await openMailbox({ directory: join(directory, 'twice') })
    const message = messageTo('a@example.com')
    await mailbox.send(message)
    await mailbox.send(message)
    expect(await mailbox.list()).toHaveLength(1)
  })

  it('gives nothing for an id that it did not make', async () => {
    await writeFile(join(directory, 'secret.json'), '{}')
    const mailbox = await openMailbox({ directory: join(directory, 'ids') })
    for (const id of ['../secret', '', '0'.repeat(32), '__proto__']) expect(await mailbox.find(id)).toBeUndefined()
  })

  it('opens past a file that was cut off, and clears away what was half written', async () => {
    const place = join(directory, 'damaged')
    await (await openMailbox({ directory: place })).send(messageTo('a@example.com'))
    await writeFile(join(place, `${'a'.repeat(32)}.json`), '{"receivedAt":"2030')
    await writeFile(join(place, `${'b'.repeat(32)}.json.part`), 'half')
    await writeFile(join(place, 'README'), 'not ours')
    const mailbox = await openMailbox({ directory: place })
    expect(await mailbox.list()).toHaveLength(1)
    expect((await readdir(place)).filter(name => name.endsWith('.part'))).toEqual([])
  })

  it('rejects where the disk takes nothing, so that the mail is tried again', async () => {
    const place = join(directory, 'gone')
    const mailbox = await openMailbox({ directory: place })
    await rm(place, { recursive: true })
    await expect(mailbox.send(messageTo('a@example.com'))).rejects.toThrow('ENOENT')
    expect(await mailbox.list()).toEqual([])
  })
})
