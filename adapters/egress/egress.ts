import { lookup as lookUpName } from 'node:dns'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { type RequestOptions, request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import { AppError } from '../../provider/kernel/errors.ts'
import type { Egress } from '../../provider/ports/egress.ts'
import { createAddressCheck, isLoopback } from './address-check.ts'

export interface EgressOptions {
  /** Networks in CIDR notation that may be called although they are not public. */
  allowedPrivateRanges: readonly string[]
  /** For development: http too, to this machine alone. */
  allowLoopbackHttp: boolean
  /** For tests: how names become addresses, whom to trust, and a shorter patience. */
  lookup?: LookupFunction
  certificates?: SecureContextOptions
  timeLimitMilliseconds?: number
}

const timeLimitMilliseconds = 5_000
const maximumBodyBytes = 256 * 1024

/**
 * Calls addresses that somebody else configured. The address that was checked is the one that is connected to: the check sits
 * between the name's resolution and the connection, so that a name cannot point elsewhere in between. Redirects are answers
 * like any other. Rejects with AppError `forbidden` where the address may not be called, and with `unavailable` where the call
 * fails, takes longer than five seconds in all, or answers with more than 256 KiB.
 */
export function createEgress(options: EgressOptions): Egress {
  const isAllowed = createAddressCheck(options.allowedPrivateRanges)

  return {
    async fetch(target, init = {}) {
      const url = new URL(target)
      const plain = url.protocol === 'http:' && options.allowLoopbackHttp
      if (url.protocol !== 'https:' && !plain) throw refusal('Only https addresses can be called.')
      if (url.username !== '' || url.password !== '') throw refusal('The address holds a user name or a password.')

      const accepts = plain ? isLoopback : isAllowed
      const host = url.hostname.replace(/^\[|\]$/g, '')
      // A literal address is connected to without being looked up.
      if (isIP(host) !== 0 && !accepts(host)) throw refusal('This address is not a public one.')

      const limit = AbortSignal.timeout(options.timeLimitMilliseconds ?? timeLimitMilliseconds)
      const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit
      // Puts method, headers and body into one form, whatever the caller gave.
      const { method, headers, body } = new Request(url, { method: init.method ?? 'GET', ...pickContent(init) })
      const content = body === null ? undefined : Buffer.from(await new Response(body).arrayBuffer())
      headers.set('accept-encoding', 'identity')

      const requestOptions: RequestOptions = {
        method,
        headers: { ...Object.fromEntries(headers), ...(content ? { 'content-length': content.length } : {}) },
        // A connection of its own: one that was kept would have been checked for another call.
        agent: false,
        lookup: checkedLookup(options.lookup ?? lookUpName, accepts),
        signal,
        ...options.certificates,
      }
      try {
        return await call(plain ? requestHttp : requestHttps, url, requestOptions, content)
      } catch (cause) {
        throw cause instanceof AppError ? cause : new AppError('unavailable', { cause })
      }
    },
  }
}

function pickContent({ headers, body }: RequestInit): RequestInit {
  return { ...(headers ? { headers } : {}), ...(body ? { body } : {}) }
}

/** Resolves a name and hands on those of its addresses that may be connected to. */
function checkedLookup(lookup: LookupFunction, accepts: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, [])
      const addresses = (Array.isArray(found) ? found : []).filter(({ address }) => accepts(address))
      const [first] = addresses
      if (first === undefined) return callback(refusal('This name does not lead to a public address.'), [])
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

function call(send: typeof requestHttps, url: URL, options: RequestOptions, content: Buffer | undefined): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = send(url, options, answer => {
      readBody(answer)
        .then(body => toResponse(answer, body))
        .then(resolve, reject)
    })
    request.on('error', reject)
    request.end(content)
  })
}

async function readBody(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    // Leaving the loop ends the connection.
    if (size > maximumBodyBytes) throw new Error('The answer is larger than 256 KiB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function toResponse(answer: IncomingMessage, body: Buffer): Response {
  const headers = new Headers()
  for (const [name, values] of Object.entries(answer.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value)
  }
  const status = answer.statusCode ?? 502
  const hasBody = status !== 204 && status !== 205 && status !== 304
  return new Response(hasBody ? new Uint8Array(body) : null, { status, statusText: answer.statusMessage ?? '', headers })
}

function refusal(detail: string): AppError {
  return new AppError('forbidden', { detail })
}
