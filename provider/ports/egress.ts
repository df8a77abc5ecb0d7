/**
 * Requests to addresses that somebody else configured: back-channel logout, JWKS, upstreams. https only, the connected address
 * checked after DNS, private ranges only where the installation allows them, no redirects, bounded in time and size.
 */
export interface Egress {
  fetch(url: string | URL, init?: RequestInit): Promise<Response>
}
