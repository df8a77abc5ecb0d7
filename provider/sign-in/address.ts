import { domainToASCII } from 'node:url'

const atomText = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
const localPart = new RegExp(`^${atomText}(?:\\.${atomText})*$`)
const domainLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * The one form in which an e-mail address is kept and compared, or undefined where it is none that we take: a dot-atom local
 * part (RFC 5321 §4.1.2; no quotes, comments, groups or lists), lower case, at a domain name in IDNA ASCII with at least two
 * labels. Lower case is our one case rule: the standard lets the local part be sensitive to it, no mail service in use is, and
 * two accounts that differ only by case are how people are impersonated. Dots and plus signs are kept as typed.
 */
export function normaliseAddress(typed: string): string | undefined {
  const text = typed.trim().toLowerCase()
  if (text.length > 254) return undefined
  const at = text.indexOf('@')
  const local = text.slice(0, at)
  if (at < 1 || local.length > 64 || !localPart.test(local)) return undefined
  // Mail programs would decode it (RFC 2047 §2) and show another address than the one that the mail went to.
  if (local.includes('=?')) return undefined
  const typedDomain = text.slice(at + 1)
  // The URL parser's mapping would quietly accept what no domain name has: ports, percent signs, IP addresses in disguise.
  if (typedDomain === '' || /[^\p{L}\p{M}\p{N}.-]/u.test(typedDomain)) return undefined
  const domain = domainToASCII(typedDomain)
  const labels = domain.split('.')
  if (domain.length > 253 || labels.length < 2 || !labels.every(label => domainLabel.test(label))) return undefined
  if (/^\d+$/.test(labels.at(-1) ?? '')) return undefined
  return `${local}@${domain}`
}
