import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { isNotice } from './mail.ts'

export interface ReceivedMail {
  /** The envelope, which decides who receives the mail. */
  sender: string
  recipients: string[]
  raw: string
  parsed: Email
}

export interface SmtpSink {
  url: string
  port: number
  /** In the order of arrival. */
  mails: ReceivedMail[]
  /** The addresses of every RCPT command as they were sent, in the order of arrival: the server itself decodes IDNA. */
  rcptAddresses: string[]
  connections(): number
  stop(): Promise<void>
}

/** A real SMTP server on a free port that keeps what it is given. `options` are smtp-server's: hooks that refuse, TLS, login. */
export async function startSmtpSink(options: SMTPServerOptions & { port?: number } = {}): Promise<SmtpSink> {
  const { port = 0, ...more } = options
  const mails: ReceivedMail[] = []
  const rcptAddresses: string[] = []
  let connections = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 200,
    onConnect(_session, callback) {
      connections += 1
      callback()
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => void chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString()
        const { mailFrom, rcptTo } = session.envelope
        PostalMime.parse(raw).then(parsed => {
          mails.push({ sender: mailFrom ? mailFrom.address : '', recipients: rcptTo.map(({ address }) => address), raw, parsed })
          callback()
        }, callback)
      })
    },
    ...more,
  })
  // A client that goes away in the middle is part of some tests.
  server.on('error', () => {})
  server.server.on('connection', socket => {
    socket.on('data', (bytes: Buffer) => {
      for (const [, address = ''] of bytes.toString('utf8').matchAll(/^RCPT TO:(.*?)\r?$/gim)) rcptAddresses.push(address)
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server.server, 'listening')
  const { port: actualPort } = server.server.address() as AddressInfo // a TCP server's address is never a path
  return {
    url: `smtp://127.0.0.1:${actualPort}`,
    port: actualPort,
    mails,
    rcptAddresses,
    connections: () => connections,
    stop: () => new Promise(resolve => server.close(() => resolve())),
  }
}

/** The text of the newest mail to an address, as soon as it has arrived; with `known` mails to it already, of the next one. */
export async function waitForMailTo(sink: SmtpSink, address: string, known = 0, withinMilliseconds = 20_000): Promise<string> {
  const deadline = Date.now() + withinMilliseconds
  while (Date.now() < deadline) {
    const arrived = sink.mails.filter(mail => mail.recipients.includes(address) && !isNotice(mail.parsed))
    const newest = arrived.at(-1)
    if (newest !== undefined && arrived.length > known) return newest.parsed.text ?? ''
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  throw new Error('no mail arrived')
}
