import { createTransport } from 'nodemailer'
import { AppError, StartError } from '../../provider/kernel/errors.ts'
import { isLoopbackHost } from '../../provider/kernel/loopback.ts'
import type { Mailer } from '../../provider/ports/mailer.ts'
import { checkMessage } from './check-message.ts'
import { explainFailure, isRefusedForGood } from './explain-failure.ts'

const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, dnsTimeout: 10_000, socketTimeout: 20_000 }
/** For one mail in all: a server that answers a byte at a time is never idle. */
const deliveryMilliseconds = 60_000

export interface SmtpOptions {
  /**
   * `smtps://user:password@host` for TLS from the start (port 465), `smtp://user:password@host` for STARTTLS (port 587).
   * With `smtp:`, TLS is demanded where there is a password and the host is not this machine, and used where offered
   * otherwise; `?requireTLS=true` or `=false` decides by itself. `?tls.servername=…` names the certificate.
   */
  url: string
  from: { name: string; address: string }
  /** For a test that cannot wait; `deliveryMilliseconds` in all for one mail. */
  deliveryMilliseconds?: number
}

/**
 * Sends through one SMTP server, over at most eight connections that are kept. `send` rejects with AppError `unavailable`
 * where it is worth trying again, and with `address-unusable` where the server refused the recipient for good.
 */
export function createSmtpMailer({ url, from, ...options }: SmtpOptions): Mailer {
  const server = new URL(url)
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 8,
    maxMessages: 200,
    idleTimeout: 60_000,
    maxRequeues: 1,
    ...(demandsTls(server) ? { requireTLS: true } : {}),
    ...timeouts,
    tls: { minVersion: 'TLSv1.2' },
    disableFileAccess: true,
    disableUrlAccess: true,
  })

  return {
    async send(given) {
      const message = checkMessage(given)
      try {
        await transport.sendMail({
          // A copy: nodemailer writes into it, and settings are frozen.
          from: { ...from },
          to: message.to,
          // The envelope says it once more, so that no header decides who receives the mail.
          envelope: { from: from.address, to: message.to.address },
          subject: message.subject,
          text: message.text,
          html: message.html,
          messageId: `<${message.messageId}>`,
          headers: {
            // RFC 3834 §5: nobody's holiday notice answers it.
            'Auto-Submitted': 'auto-generated',
            'Content-Language': message.language,
          },
          signal: AbortSignal.timeout(options.deliveryMilliseconds ?? deliveryMilliseconds),
        })
      } catch (cause) {
        throw new AppError(isRefusedForGood(cause) ? 'address-unusable' : 'unavailable', { cause })
      }
    },
    async verify() {
      try {
        await transport.verify()
      } catch (cause) {
        throw new StartError(explainFailure(cause, server.host), { cause })
      }
    },
    async close() {
      transport.close()
    },
  }
}

function demandsTls(server: URL): boolean {
  return server.protocol === 'smtp:' && server.password !== '' && !isLoopbackHost(server.hostname)
}
