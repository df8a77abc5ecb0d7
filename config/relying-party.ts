import { getPublicSuffix } from 'tldts'

/**
 * Whether a host may call a domain its relying party: its own name, or a domain above it that somebody can own (Web Authentication
 * Level 3, §5.1.2; HTML, "is a registrable domain suffix of or is equal to").
 */
export function mayStandFor(domain: string, host: string): boolean {
  if (domain === host) return true
  return host.endsWith(`.${domain}`) && getPublicSuffix(domain, { allowPrivateDomains: true }) !== domain
}
