import { AppError } from '../../provider/kernel/errors.ts'
import type { MailMessage } from '../../provider/ports/mailer.ts'

const plainAddress = /^[^\s@"(),:;<>[\\\]\p{C}]{1,64}@[A-Za-z0-9.-]{1,253}$/u
const plainMessageId = /^[A-Za-z0-9._-]{1,128}@[A-Za-z0-9.:[\]-]{1,253}$/
const languageTag = /^[A-Za-z0-9]{1,8}(?:-[A-Za-z0-9]{1,8})*$/

/**
 * The message with nothing in it that could become a second header, recipient or mail. Rejects with AppError
 * `address-unusable` where the address is not one plain address, which trying again will not change.
 */
export function checkMessage(message: MailMessage): MailMessage {
  if (!plainAddress.test(message.to.address)) throw new AppError('address-unusable')
  if (!plainMessageId.test(message.messageId)) throw new AppError('bad-request', { detail: 'The Message-ID is malformed.' })
  if (!languageTag.test(message.language)) throw new AppError('bad-request', { detail: 'The language is malformed.' })
  return {
    ...message,
    to: { name: onOneLine(message.to.name), address: message.to.address },
    subject: onOneLine(message.subject),
  }
}

function onOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
}
