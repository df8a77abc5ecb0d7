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

/**
 * Whether a mail tells of something that happened to an account. It comes beside those by which people sign in, such as for a new
 * device, and begins with the installation's name.
 */
export function isNotice({ subject }: { subject?: string | undefined }): boolean {
  return /^Latchkey\s?: /u.test(subject ?? '')
}
