import type { Locale, PageContext } from '../page-context.ts'

/** What every mail needs to know about who sends it. */
export interface MailContext extends Pick<PageContext, 'app' | 'issuerHost' | 'installationName' | 'timeZone'> {
  locale: Locale
  /** `#rrggbb`; the product's own accent if absent. */
  accentColour?: string
}

/** A mail, ready for a `MailMessage`. */
export interface RenderedMail {
  subject: string
  text: string
  html: string
}
