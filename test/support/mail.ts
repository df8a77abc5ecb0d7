import { newId } from '../../provider/kernel/ids.ts'
import type { MailMessage } from '../../provider/ports/mailer.ts'

export const sender = { name: 'Latchkey', address: 'no-reply@id.example.com' }

export function messageTo(address: string, more: Partial<MailMessage> = {}): MailMessage {
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
