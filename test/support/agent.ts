import { Agent as HttpAgent, type IncomingHttpHeaders, request } from 'node:http'
import { CookieJar } from 'tough-cookie'

export interface Response {
  status: number
  url: string
  headers: IncomingHttpHeaders
  body: string
  /** Where a redirect points to, absolute. */
  location: string | undefined
}

export interface RequestOptions {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
  headers?: Record<string, string>
  form?: Record<string, string>
  /** In place of `form`, as it is. */
  body?: string
}

/**
 * A browser as HTTP sees it: keeps cookies by the rules (RFC 6265bis; Secure ones over http on loopback too, as browsers do),
 * sends Origin with its forms, and shows each redirect instead of following it.
 */
export class Agent {
  readonly #jar = new CookieJar()
  readonly #connections = new HttpAgent({ keepAlive: true })
  readonly #userAgent: string
  readonly #headers: Record<string, string>

  /** `headers` go with every request, such as the address that a proxy saw. */
  constructor(
    userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    headers: Record<string, string> = {},
  ) {
    this.#userAgent = userAgent
    this.#headers = headers
  }

  async get(url: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(url, { method: 'GET', headers: { 'sec-fetch-site': 'same-origin', ...headers } })
  }

  /** Submits a form of the site's own page. */
  async post(url: string, form: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(url, {
      method: 'POST',
      form,
      headers: { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin', ...headers },
    })
  }

  /** Follows redirects for as long as they stay on the site; answers the page, or the redirect that leaves it. */
  async follow(response: Response): Promise<Response> {
    let current = response
    for (let hops = 0; hops < 10 && current.location !== undefined; hops += 1) {
      if (new URL(current.location).origin !== new URL(response.url).origin) return current
      current = await this.get(current.location)
    }
    return current
  }

  cookies(url: string): string {
    return this.#jar.getCookieStringSync(asSecure(url))
  }

  close(): void {
    this.#connections.destroy()
  }

  /** One request with this browser's cookies, and nothing else that was not asked for. */
  async send(url: string, { method = 'GET', headers = {}, form, body: given }: RequestOptions): Promise<Response> {
    const cookie = this.cookies(url)
    const body = form === undefined ? given : new URLSearchParams(form).toString()
    const target = new URL(url)
    return new Promise((resolve, reject) => {
      const outgoing = request(
        target,
        {
          method,
          agent: this.#connections,
          headers: {
            accept: 'text/html,application/xhtml+xml',
            'accept-language': 'en',
            'user-agent': this.#userAgent,
            ...(cookie === '' ? {} : { cookie }),
            ...(body === undefined
              ? {}
              : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(body)) }),
            ...this.#headers,
            ...headers,
          },
        },
        incoming => {
          const chunks: Buffer[] = []
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
          incoming.on('error', reject)
          incoming.on('end', () => {
            for (const line of incoming.headers['set-cookie'] ?? [])
              this.#jar.setCookieSync(line, asSecure(url), { ignoreError: true })
            const { location } = incoming.headers
            resolve({
              status: incoming.statusCode ?? 0,
              url,
              headers: incoming.headers,
              body: Buffer.concat(chunks).toString('utf8'),
              location: location === undefined ? undefined : new URL(location, url).href,
            })
          })
        },
      )
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
}

function asSecure(url: string): string {
  return url.replace(/^http:\/\/localhost/, 'https://localhost')
}
