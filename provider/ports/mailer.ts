/** One mail to one person. Addresses are data, never header text. */
export interface MailMessage {
  /** Unique at the issuer's domain, without angle brackets (RFC 5322 §3.6.4). */
  messageId: string
  to: { name: string; address: string }
  subject: string
  text: string
  html: string
  /** BCP 47 tag, for Content-Language. */
  language: string
}

export interface Mailer {
  /** Resolves when the next server has taken responsibility for the mail. Rejects otherwise, and may be tried again. */
  send(message: MailMessage): Promise<void>
  /** Rejects with a sentence for an operator where mail cannot leave. */
  verify(): Promise<void>
  close(): Promise<void>
}

/** A mailer that keeps what it was given, for an installation without an SMTP server on a loopback issuer. */
export interface Mailbox extends Mailer {
  /** Newest first. */
  list(): Promise<Array<{ id: string; receivedAt: Date; to: string; subject: string }>>
  find(id: string): Promise<{ id: string; receivedAt: Date; message: MailMessage } | undefined>
}
