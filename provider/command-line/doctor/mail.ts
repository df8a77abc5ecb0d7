import type { Settings } from '../../../config/schema.ts'
import { createSmtpMailer } from '../../../adapters/mail/smtp.ts'
import { StartError } from '../../kernel/errors.ts'
import { type Finding, ok, problem } from './finding.ts'

/** Connects to the SMTP server and signs in, without sending anything. */
export async function checkMail({ smtpUrl, mailFrom, issuer }: Settings): Promise<Finding> {
  if (smtpUrl === undefined || mailFrom === undefined) {
    return ok('mail', `Without SMTP_URL mail stays here, and is read at ${issuer}/mailbox.`)
  }
  const mailer = createSmtpMailer({ url: smtpUrl, from: mailFrom })
  try {
    await mailer.verify()
    return ok('mail', `The mail server ${new URL(smtpUrl).host} takes mail from us.`)
  } catch (error) {
    return problem('mail', error instanceof StartError ? error.message : 'SMTP_URL: the mail server could not be asked.')
  } finally {
    await mailer.close()
  }
}
