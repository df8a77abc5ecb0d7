/** The languages in which pages and mails are written, the fallback first. */
export const locales = ['en', 'de', 'fr', 'it'] as const

export type Locale = (typeof locales)[number]

/** What every page needs to know about where it is shown; the page's own data are its props. */
export interface PageContext {
  locale: Locale
  /** The app that sent the person here. Without one the page speaks of the installation. */
  app?: {
    name: string
    /** A path of our own origin; a logo from anywhere else isn't shown, since pages load nothing from outside. */
    logoUri?: string
    /** Where the app is, where it says so (`client_uri`). */
    href?: string
  }
  /** Host of the issuer, with the port if it has one, as the address bar shows it. */
  issuerHost: string
  /** Whose service this is. */
  installationName: string
  links?: { help?: string; privacy?: string }
  /** Where the installation shows its mails instead of sending them; absent where it sends them. */
  mailboxHref?: string
  /** URLs under which the server offers what `assets.ts` builds. */
  assets: {
    stylesheet: string
    waitingScript: string
    passkeyScript: string
    postingScript: string
    copyingScript: string
    icon?: string
  }
  /** The same page in each language that can be chosen; a page that has no address to come back to gives none. */
  languages: Array<{ locale: Locale; href: string }>
  /** IANA name of the time zone in which times are told; UTC if nothing better is known. */
  timeZone?: string
}

/** Hidden fields that a form carries along. */
export type HiddenFields = Record<string, string>

/** A form that posts to `action`. */
export interface FormTarget {
  action: string
  fields?: HiddenFields
}
