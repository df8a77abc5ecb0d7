import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { LookupFunction } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createEgress, type EgressOptions } from '../../adapters/egress/egress.ts'

let certificate: { key: string; cert: string } | undefined

/** For app.test, and vouched for by nobody but itself. */
function makeCertificate(): { key: string; cert: string } {
  if (certificate) return certificate
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-certificate-'))
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  const subject = ['-subj', '/CN=app.test', '-addext', 'subjectAltName=DNS:app.test']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, ...subject], { stdio: 'pipe' })
  certificate = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  rmSync(directory, { recursive: true })
  return certificate
}

interface Listening {
  port: number
  requests: Array<{ method: string | undefined; url: string | undefined; type: string | undefined; body: string }>
}

/** A server for the length of one test. */
export async function listen(options: { address?: string; secure?: boolean; answer?: RequestListener } = {}): Promise<Listening> {
  const requests: Listening['requests'] = []
  const answer: RequestListener = (request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      requests.push({ method: request.method, url: request.url, type: request.headers['content-type'], body })
      if (options.answer) options.answer(request, response)
      else response.setHeader('content-type', 'application/json').end('{"hello":"world"}')
    })
  }
  const server = options.secure === false ? createHttpServer(answer) : createHttpsServer(makeCertificate(), answer)
  server.on('clientError', (_error, socket) => socket.destroy())
  server.listen(0, options.address ?? '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const address = server.address()
  return { port: typeof address === 'object' && address ? address.port : 0, requests }
}

/** A DNS that answers each question with the next of these lists, and the last one for ever. */
export function stubDns(...answers: string[][]): LookupFunction & { asked: number } {
  const lookup = Object.assign(
    ((_name, _options, callback) => {
      const addresses = answers[Math.min(lookup.asked, answers.length - 1)] ?? []
      lookup.asked += 1
      process.nextTick(
        callback,
        null,
        addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
    }) as LookupFunction,
    { asked: 0 },
  )
  return lookup
}

/** An egress that trusts the certificate of these servers, and may call 127.0.0.2 but not 127.0.0.1. */
export function egressTo(lookup: LookupFunction, more: Partial<EgressOptions> = {}) {
  return createEgress({
    allowedPrivateRanges: ['127.0.0.2/32'],
    allowLoopbackHttp: false,
    lookup,
    certificates: { ca: makeCertificate().cert },
    timeLimitMilliseconds: 400,
    ...more,
  })
}
