/**
 * An SMTP server that takes every mail and hands the sign-in link in it to whoever listens on its second port, one JSON line a
 * mail. A process of its own, whose CPU is not counted. Sends its ports to the parent when it is ready.
 */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'

export interface Delivery {
  to: string
  link: string
}

export interface SinkPorts {
  smtpPort: number
  linkPort: number
}

const listeners = new Set<Socket>()

async function deliver(raw: Buffer, recipients: string[]): Promise<void> {
  const { text } = await PostalMime.parse(raw)
  const [link] = /https?:\/\/\S+\/link\/[\w-]+/.exec(text ?? '') ?? []
  if (!link) return
  for (const to of recipients) {
    const delivery: Delivery = { to, link }
    for (const socket of listeners) socket.write(`${JSON.stringify(delivery)}\n`)
  }
}

const mail = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  disableReverseLookup: true,
  logger: false,
  onData(stream, session, done) {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const recipients = session.envelope.rcptTo.map(recipient => recipient.address)
      deliver(Buffer.concat(chunks), recipients).then(() => done(), done)
    })
  },
})

const links = createServer(socket => {
  listeners.add(socket)
  socket.on('close', () => listeners.delete(socket))
  socket.on('error', () => listeners.delete(socket))
})

mail.listen(0, '127.0.0.1')
links.listen(0, '127.0.0.1')
await Promise.all([once(mail.server, 'listening'), once(links, 'listening')])
// Both listen on TCP, so an address is never a string or null.
const ports: SinkPorts = {
  smtpPort: (mail.server.address() as AddressInfo).port,
  linkPort: (links.address() as AddressInfo).port,
}
process.send?.(ports)
process.on('disconnect', () => process.exit(0))
