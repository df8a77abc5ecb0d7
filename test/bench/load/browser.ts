import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request as sendRequest } from 'node:http'
import { CookieJar } from 'tough-cookie'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

export interface RequestOptions {
  method?: 'GET' | 'POST'
  headers?: OutgoingHttpHeaders
  form?: Record<string, string>
}

/** One kept-alive connection to the server under test, as a load balancer keeps it; `from` is the address it reports. */
export interface Connection {
  send(url: string, from: string, options?: RequestOptions): Promise<Answer>
  /** Begins anew: servers close a connection that was idle for a while. */
  renew(): void
  close(): void
}

const requestLimit = 20_000

export function openConnection(): Connection {
  const newAgent = () => new Agent({ keepAlive: true, maxSockets: 1 })
  let agent = newAgent()
  return {
    send: (url, from, options = {}) => send(agent, new URL(url), from, options),
    renew() {
      agent.destroy()
      agent = newAgent()
    },
    close: () => agent.destroy(),
  }
}

function send(agent: Agent, url: URL, from: string, { method = 'GET', headers = {}, form }: RequestOptions): Promise<Answer> {
  const body = form && new URLSearchParams(form).toString()
  return new Promise((resolve, reject) => {
    const outgoing = sendRequest(
      {
        agent,
        // Servers listen on IPv4 loopback; the name in the Host header is the issuer's.
        host: '127.0.0.1',
        port: url.port,
        path: url.pathname + url.search,
        method,
        timeout: requestLimit,
        headers: {
          host: url.host,
          'x-forwarded-for': from,
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }),
          ...headers,
        },
      },
      incoming => {
        let text = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (chunk: string) => {
          text += chunk
        })
        incoming.on('error', reject)
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }))
      },
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${requestLimit} ms`)))
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** A browser: a cookie jar over a connection. It follows no redirect by itself. */
export interface Browser {
  get(url: string): Promise<Answer>
  /** Submits a form of the page at `origin`. */
  post(url: string, form: Record<string, string>): Promise<Answer>
  /** The same browser with nobody signed in: of its cookies it keeps the one by which Latchkey knows browsers. */
  signedOut(from: string): Browser
}

const newJar = () => new CookieJar(undefined, { prefixSecurity: 'silent', allowSecureOnLocal: true })

/** A browser that has been at the issuer before, and nobody is signed in there: it has the name that Latchkey gave it. */
export function openKnownBrowser(connection: Connection, from: string, issuer: string, name: string): Browser {
  const jar = newJar()
  jar.setCookieSync(`__Host-browser=${name}; Path=/; Secure`, issuer)
  return openBrowser(connection, from, jar, issuer)
}

export function openBrowser(connection: Connection, from: string, jar = newJar(), lastUrl = ''): Browser {
  const exchange = async (url: string, options: RequestOptions): Promise<Answer> => {
    const cookie = jar.getCookieStringSync(url)
    const headers = { ...options.headers, ...(cookie ? { cookie } : {}) }
    const answer = await connection.send(url, from, { ...options, headers })
    for (const line of answer.headers['set-cookie'] ?? []) jar.setCookieSync(line, url)
    lastUrl = url
    return answer
  }
  const fetchMetadata = {
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
    accept: 'text/html',
    'accept-language': 'en',
  }
  const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  return {
    get: url => exchange(url, { headers: { ...fetchMetadata, 'sec-fetch-site': 'same-origin', 'user-agent': userAgent } }),
    signedOut(from) {
      const kept = newJar()
      for (const cookie of jar.serializeSync()?.cookies ?? []) {
        if (cookie.key === '__Host-browser') kept.setCookieSync(`${cookie.key}=${cookie.value}; Path=/; Secure`, lastUrl)
      }
      return openBrowser(connection, from, kept)
    },
    post: (url, form) =>
      exchange(url, {
        method: 'POST',
        form,
        headers: { ...fetchMetadata, 'sec-fetch-site': 'same-origin', 'user-agent': userAgent, origin: new URL(url).origin },
      }),
  }
}

/** Where the answer sends the browser. Throws where it sends it nowhere. */
export function redirectOf(answer: Answer, base: string, step: string): string {
  const { location } = answer.headers
  if (answer.status < 300 || answer.status > 399 || !location) throw new UnexpectedAnswer(step, answer)
  return new URL(location, base).href
}

export class UnexpectedAnswer extends Error {
  constructor(step: string, answer: Answer) {
    super(`${step} answered ${answer.status}: ${answer.body.replaceAll(/\s+/g, ' ').slice(0, 400)}`)
    this.name = 'UnexpectedAnswer'
  }
}
