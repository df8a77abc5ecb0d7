import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import type { Delivery } from '../mail-sink.ts'

const mailLimit = 20_000

/** The mails that reach the sink, by recipient. */
export interface MailInbox {
  /** The sign-in link of the next mail to this address. Ask before the mail is requested. */
  nextLink(address: string): Promise<string>
  close(): void
}

export function openInbox(port: number): MailInbox {
  const waiting = new Map<string, (link: string) => void>()
  const socket = connect(port, '127.0.0.1')
  createInterface(socket).on('line', line => {
    const { to, link } = JSON.parse(line) as Delivery
    waiting.get(to)?.(link)
    waiting.delete(to)
  })
  return {
    nextLink: address =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no mail within ${mailLimit} ms`)), mailLimit)
        waiting.set(address, link => {
          clearTimeout(timer)
          resolve(link)
        })
      }),
    close: () => socket.destroy(),
  }
}
