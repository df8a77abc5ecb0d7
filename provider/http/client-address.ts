import ipaddr from 'ipaddr.js'

/** More than any address with brackets, zone and port. */
const longestHop = 64

/**
 * What stands in X-Forwarded-For for the client, `trustedProxies` hops away: proxies are counted, never guessed. Each of our
 * proxies appends the address that it saw, so the entry that the outermost of them wrote is the n-th from the end. Empty where
 * there is none, or one that is too long for an address.
 */
export function findClientHop(forwardedFor: string, trustedProxies: number): string {
  if (trustedProxies === 0) return ''
  const hops = forwardedFor
    .split(',')
    .map(hop => hop.trim())
    .filter(hop => hop !== '')
  const hop = hops.at(-trustedProxies) ?? ''
  return hop.length <= longestHop ? hop : ''
}

/** The address of the client: what its hop says, or where the connection comes from if that is no address. */
export function findClientAddress(remoteAddress: string, hop: string): string {
  return canonicalAddress(hop) ?? canonicalAddress(remoteAddress) ?? '0.0.0.0'
}

/** What a limit counts by. Whoever has one IPv6 address has the /64 around it (RFC 6177). */
export function addressBlock(address: string): string {
  const parsed = ipaddr.parse(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`)
  return `${network.toString()}/64`
}

/** One spelling for each address; IPv4-mapped IPv6 becomes IPv4 (RFC 4291 §2.5.5.2). Undefined where it is no address. */
function canonicalAddress(text: string): string | undefined {
  const bare = text
    .replace(/^\[(.*)\](?::\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/%.*$/, '')
  if (!ipaddr.isValid(bare) || (/^[\d.]+$/.test(bare) && !ipaddr.IPv4.isValidFourPartDecimal(bare))) return undefined
  return ipaddr.process(bare).toString()
}
