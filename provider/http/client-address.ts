import ipaddr from 'ipaddr.js'

/**
 * The address of the client, `trustedProxies` hops away: proxies are counted, never guessed. Each of our proxies appends the
 * address that it saw to X-Forwarded-For, so the entry that the outermost of them wrote is the n-th from the end.
 */
export function findClientAddress(remoteAddress: string, forwardedFor: string, trustedProxies: number): string {
  const remote = canonicalAddress(remoteAddress) ?? '0.0.0.0'
  if (trustedProxies === 0) return remote
  const hops = forwardedFor
    .split(',')
    .map(hop => hop.trim())
    .filter(hop => hop !== '')
  const seen = hops.at(-trustedProxies)
  return (seen === undefined ? undefined : canonicalAddress(seen)) ?? remote
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
