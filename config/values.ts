import { X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { isLoopbackHost } from '../provider/kernel/loopback.ts'

/**
 * The kinds of value that a setting can have. Each takes the text of an environment variable and answers the value in the form
 * in which the code uses it.
 */

export function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

function isOrigin(text: string): boolean {
  const url = parseUrl(text)
  if (url === undefined || url.hostname === '') return false
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') return false
  // `new URL` forgives what a person would not recognise as an address: an empty query, back slashes, inner spaces
  if (/[?#\\\s@]/.test(text)) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))
}

/** An origin without a path: https, or http on this machine. Normalised to lower case, without a default port or a final slash. */
export const origin = z
  .string()
  .refine(isOrigin)
  .transform(text => new URL(text).origin)

export function urlWith(...protocols: string[]) {
  return z.string().refine(text => {
    const url = parseUrl(text)
    return url !== undefined && protocols.includes(url.protocol) && !/\s/.test(text)
  })
}

/** Its form alone: a list of hosts is not a URL of the standard kind, and the Redis adapter takes it apart. */
export const redisAddress = z.string().regex(/^rediss?(?:\+(?:sentinel|cluster))?:\/\/[^\s/]+(?:\/\S*)?$/)

/** An address for people to follow: https, or http on this machine. */
export const webAddress = z.string().refine(text => {
  const url = parseUrl(text)
  if (url === undefined || /\s/.test(text) || url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))
})

export function wholeNumber(from: number, to: number) {
  return z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number)
    .pipe(z.number().min(from).max(to))
}

export const yesOrNo = z.enum(['true', 'false']).transform(text => text === 'true')

/** A day (RFC 3339 §5.6 full-date), as the moment at which it begins in UTC. */
export const day = z.iso.date().transform(text => new Date(`${text}T00:00:00Z`))

/** Words for people, on one line. */
export function oneLine(maximumLength: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maximumLength)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u)
}

export const ipAddress = z.union([z.ipv4(), z.ipv6()])

export const filePath = z
  .string()
  .min(1)
  .refine(text => !text.includes('\0'))

/** RFC 9110 §5.1, as far as anybody uses it. */
export const headerName = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/)

const mailbox = /^(?:(?<name>[^<>"@\p{Cc}]*)<(?<bracketed>[^<>\s]+)>|(?<bare>[^<>\s]+))$/u

/** `address@host` or `Name <address@host>` (RFC 5322 §3.4, without quoting or comments). */
export const sender = z
  .string()
  .trim()
  .max(320)
  .transform(text => {
    const parts = mailbox.exec(text)?.groups
    return { name: (parts?.['name'] ?? '').trim(), address: parts?.['bracketed'] ?? parts?.['bare'] ?? '' }
  })
  .pipe(z.object({ name: z.string(), address: z.email() }))

/** Where to report a vulnerability (RFC 9116 §2.5.3): an e-mail address, also as a mailto: URI, or an https address. */
export const contact = z
  .string()
  .trim()
  .transform(text => text.replace(/^mailto:/, ''))
  .pipe(z.union([z.email(), urlWith('https:')]))

/** What may stand behind `Authorization: Bearer` (RFC 6750 §2.1), long enough not to be guessed. */
export const bearerToken = z.string().regex(/^[\w.~+/-]{32,}=*$/)

/** Models of authenticators (AAGUID), separated by commas or spaces. All zeros is what says nothing of its model. */
export const authenticatorModels = z
  .string()
  .transform(text =>
    text
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(part => part !== ''),
  )
  .pipe(
    z
      .array(z.guid().refine(model => model !== '00000000-0000-0000-0000-000000000000'))
      .min(1)
      .max(500),
  )

/** Networks in CIDR notation (RFC 4632, RFC 4291 §2.3), separated by commas or spaces. */
export const networks = z
  .string()
  .refine(text => text === '' || /[^\s,]/.test(text))
  .transform(text => text.split(/[\s,]+/).filter(part => part !== ''))
  .pipe(z.array(z.union([z.cidrv4(), z.cidrv6()])))

function isIssuer(text: string): boolean {
  const url = parseUrl(text)
  // To the letter, because it is compared with what the upstream calls itself.
  if (url === undefined || url.href.replace(/\/$/, '') !== text) return false
  return url.search === '' && url.hash === '' && url.username === '' && (url.protocol === 'https:' || isLoopbackUrl(url))
}

export function isLoopbackUrl({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && isLoopbackHost(hostname)
}

/** An upstream's issuer identifier (OpenID Connect Core §2), without a final slash. */
export const upstreamIssuer = z.string('expected an issuer such as https://id.example.com').refine(isIssuer, {
  error: 'expected an issuer such as https://id.example.com, without a slash at its end',
})

/** The same with `{tenantid}` as one step of its path. */
export const upstreamIssuerTemplate = z
  .string('expected an issuer with {tenantid} in its path')
  .refine(
    text => /^\w+:\/\/[^/{}]+(?:\/[^{}]*)?\/\{tenantid\}(?:\/[^{}]*)?$/.test(text) && isIssuer(text.replace('{tenantid}', 'x')),
    {
      error: 'expected an issuer with {tenantid} in its path, such as https://login.example.com/{tenantid}/v2.0',
    },
  )

export const domainName = z
  .string('expected a domain such as example.com')
  .max(253, 'expected a domain such as example.com')
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i, 'expected a domain such as example.com')

/** Origins, separated by commas or spaces. */
export const origins = z
  .string()
  .transform(text => text.split(/[\s,]+/).filter(part => part !== ''))
  .pipe(z.array(origin).max(100))

/** The domain of a relying party; `localhost` is one too. */
export const relyingParty = z.union([z.literal('localhost'), domainName]).transform(text => text.toLowerCase())

const certificate = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

/** Certificates in PEM (RFC 7468 §5), one after the other; whatever explains them between is passed over. */
export const certificates = z.string().transform((text, context) => {
  const found = text.match(certificate) ?? []
  if (found.length === 0 || !found.every(isCertificate)) context.addIssue('no certificates')
  return found
})

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}

const days = z.int('expected a whole number of days').min(1, 'expected at least 1 day').max(36_500, 'expected at most 36500 days')

export const retentionClasses = ['accounts', 'installation', 'sign-ins', 'tokens', 'workspaces'] as const

/** For how many days what audit events of a class say can be read. */
export const retentionDays = z.partialRecord(z.enum(retentionClasses), days)

/** For how many days after a workspace was deleted its log can be opened still. */
export const daysAfterDeletion = days
