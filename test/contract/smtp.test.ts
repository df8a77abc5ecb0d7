import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSmtpMailer } from '../../adapters/mail/smtp.ts'
import type { Mailer } from '../../provider/ports/mailer.ts'
import { messageTo, sender } from '../support/mail.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'

describe('a mail over SMTP', () => {
  let sink: SmtpSink
  let mailer: Mailer
  beforeAll(async () => {
    sink = await startSmtpSink()
    mailer = createSmtpMailer({ url: sink.url, from: sender })
  })
  afterAll(async () => {
    await mailer.close()
    await sink.stop()
  })

  it('has text and HTML, its headers, and no trace of the software', async () => {
    const message = messageTo('somebody@example.com')
    await mailer.send(message)
    const { parsed, raw, sender: envelopeSender } = sink.mails.at(-1) ?? expect.fail('nothing arrived')
    expect(envelopeSender).toBe(sender.address)
    expect(parsed.from).toEqual(sender)
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
            'auto-submitted',
            'content-language',
            'content-type',
            'date',
            'from',
            'message-id',
            'mime-version',
            'to',
            ...(parsed.headers.some(({ key }) => key === 'subject') ? ['subject'] : []),
          ].toSorted(),
        )
      }),
      { numRuns: 150 },
    )
  })

  it('uses a few connections for many mails', async () => {
    const own = await startSmtpSink()
    const pooled = createSmtpMailer({ url: own.url, from: sender })
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
    const mailer = createSmtpMailer({ url, from: sender, deliveryMilliseconds })
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
    // A name may begin like an address of this machine, as 127.mail.example.com does. This one can be found here.
    const misleading = login.replace('127.0.0.1', '127.1')
    for (const url of [elsewhere, misleading]) {
      await expect(mailerFor(url).verify()).rejects.toMatchObject({
        message: expect.stringContaining('no TLS that can be trusted'),
      })
    }
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
