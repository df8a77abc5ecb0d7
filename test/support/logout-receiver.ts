import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/** Where an app takes logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.5): up or down, and answering as a test wants. */
export class LogoutReceiver {
  readonly tokens: string[] = []
  readonly requests: IncomingMessage[] = []
  behave: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => response.writeHead(200).end()
  readonly port: number
  #server: Server | undefined

  constructor(port: number) {
    this.port = port
  }

  get url(): string {
    return `http://localhost:${this.port}/logout`
  }

  async open(): Promise<void> {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        this.requests.push(request)
        this.tokens.push(new URLSearchParams(Buffer.concat(chunks).toString()).get('logout_token') ?? '')
        this.behave(request, response)
      })
    }).listen(this.port, 'localhost')
    await once(this.#server, 'listening')
  }

  async close(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }

  reset(): void {
    this.tokens.length = 0
    this.requests.length = 0
    this.behave = (_request, response) => response.writeHead(200).end()
  }
}
