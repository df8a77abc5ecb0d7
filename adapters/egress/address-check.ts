import ipaddr from 'ipaddr.js'

export type Address = ipaddr.IPv4 | ipaddr.IPv6

// What a cloud tells its machines about themselves, credentials among it. No network that is allowed makes these allowed.
const metadataServices = new Set(['169.254.169.254', '169.254.170.2', '100.100.100.200', 'fd00:ec2::254'])

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')
/** RFC 6052 §2.1: the last four bytes are the IPv4 address that is reached. */
const translated = ipaddr.IPv6.parseCIDR('64:ff9b::/96')

/**
 * Decides which addresses may be connected to: the public ones, and those in `allowedNetworks` (CIDR). An IPv6 address that
 * stands for an IPv4 address is judged as that.
 */
export function createAddressCheck(allowedNetworks: readonly string[]): (address: string) => boolean {
  const networks = allowedNetworks.map(network => ipaddr.parseCIDR(network))
  return text => {
    const address = parseAddress(text)
    if (address === undefined || metadataServices.has(address.toString())) return false
    return isPublic(address) || networks.some(network => isWithin(address, network))
  }
}

export function isLoopback(text: string): boolean {
  return parseAddress(text)?.range() === 'loopback'
}

function parseAddress(text: string): Address | undefined {
  if (!ipaddr.isValid(text)) return undefined
  // Also turns ::ffff:a.b.c.d into a.b.c.d.
  const address = ipaddr.process(text)
  if (isIPv6(address) && address.match(translated)) return new ipaddr.IPv4(address.toByteArray().slice(12))
  return address
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false
  return !isIPv6(address) || address.match(globalUnicast)
}

function isWithin(address: Address, network: [Address, number]): boolean {
  return address.kind() === network[0].kind() && address.match(network)
}

function isIPv6(address: Address): address is ipaddr.IPv6 {
  return address.kind() === 'ipv6'
}
