import { domainToASCII } from 'node:url'
import type { Claims, Connection } from './connection.ts'

/** Reading an ID token's claims: every reader takes whatever stands there, and answers undefined where it is not of use. */

const maximumSubject = 255
const maximumAddress = 254
const maximumName = 200

/** `sub` (OpenID Connect Core §2): at most 255 characters, compared as it is. */
export function readSubject({ sub }: Claims): string | undefined {
  return typeof sub === 'string' && sub !== '' && sub.length <= maximumSubject ? sub : undefined
}

export interface ClaimedAddress {
  value: string
  /** In lower case and IDNA ASCII, to compare with what else names a domain. */
  domain: string
}

/** `email`, where it is one address and nothing else. It still has to go through the sign-in's own rules for addresses. */
export function readAddress({ email }: Claims): ClaimedAddress | undefined {
  if (typeof email !== 'string' || email.length > maximumAddress) return undefined
  const [local, typedDomain, ...rest] = email.split('@')
  // More than one @ is read differently by different programs, and so are quotes, comments, groups and lists.
  if (!local || typedDomain === undefined || rest.length > 0 || /[\s\p{C}"(),:;<>[\]\\]/u.test(email)) return undefined
  const domain = normaliseDomain(typedDomain)
  return domain === undefined ? undefined : { value: email, domain }
}

export function normaliseDomain(text: string): string | undefined {
  const domain = domainToASCII(text.toLowerCase())
  return domain.includes('.') ? domain : undefined
}

/** `name`, fit to be shown: on one line, of bounded length, without characters that change the direction of what follows. */
export function readName({ name }: Claims): string | undefined {
  if (typeof name !== 'string') return undefined
  // The cut may go through the middle of a character: a half of one is of the class C too.
  const shown = name
    .slice(0, maximumName)
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
  return shown === '' ? undefined : shown
}

/** `amr` with RFC 8176's `mfa`, taken only where the connection's settings say that it counts. */
export function showsSeveralFactors({ amr }: Claims, mfa: Connection['mfa']): boolean {
  return mfa === 'counts' && Array.isArray(amr) && amr.includes('mfa')
}

/** `auth_time` (OpenID Connect Core §2), which may be much earlier than the token: the person had a session over there. */
export function readSignedInAt({ auth_time: signedInAt }: Claims): number | undefined {
  return typeof signedInAt === 'number' && Number.isFinite(signedInAt) ? signedInAt : undefined
}
