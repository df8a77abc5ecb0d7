import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Answer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

export interface FakeService {
  origin: string
  port: number
  /** How many requests came, those that were not answered included. */
  requests: number
  /** `away` cuts the connection, `silent` never answers, and a number answers with that status. */
  behaviour: 'serving' | 'away' | 'silent' | number
  stop(): Promise<void>
}

/** An HTTP service on a free port of this machine that answers JSON, and can be made to misbehave. */
export async function startFakeService(
  answer: (request: IncomingMessage, body: string) => Answer,
  contentType = 'application/json',
): Promise<FakeService> {
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      service.requests += 1
      if (service.behaviour === 'silent') return
      if (service.behaviour === 'away') {
        request.socket.destroy()
        return
      }
      const {
        status,
        body: given,
        headers,
      } = service.behaviour === 'serving' ? answer(request, body) : misbehave(service.behaviour)
      response.writeHead(status, { 'content-type': contentType, ...headers }).end(JSON.stringify(given))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const service: FakeService = {
    origin: `http://127.0.0.1:${port}`,
    port,
    requests: 0,
    behaviour: 'serving',
    async stop() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
  return service
}

function misbehave(status: number): Answer {
  return {
    status,
    body: { errors: ['as asked for'], error: { code: status, message: 'as asked for', status: 'UNKNOWN' }, __type: 'AsAskedFor' },
  }
}
