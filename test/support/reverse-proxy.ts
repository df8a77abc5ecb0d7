import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, request } from 'node:http'

export interface ReverseProxy {
  /** What it does to a request's headers and to a response's, apart from appending to X-Forwarded-For. */
  onRequest(headers: IncomingHttpHeaders): void
  onResponse(headers: IncomingHttpHeaders): void
  stop(): Promise<void>
}

/** A proxy such as an installation has before it: passes Host on, and appends the address that it sees. */
export async function startReverseProxy(port: number, targetPort: number): Promise<ReverseProxy> {
  const server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers }
    const seen = incoming.socket.remoteAddress ?? ''
    headers['x-forwarded-for'] = [headers['x-forwarded-for'], seen].filter(Boolean).join(', ')
    proxy.onRequest(headers)
    const onward = request(
      { host: 'localhost', port: targetPort, method: incoming.method, path: incoming.url, headers },
      answer => {
        const answerHeaders = { ...answer.headers }
        proxy.onResponse(answerHeaders)
        outgoing.writeHead(answer.statusCode ?? 502, answerHeaders)
        answer.pipe(outgoing)
      },
    )
    onward.on('error', () => outgoing.writeHead(502).end())
    incoming.pipe(onward)
  })
  const proxy: ReverseProxy = {
    onRequest() {},
    onResponse() {},
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  server.listen(port)
  await once(server, 'listening')
  return proxy
}
