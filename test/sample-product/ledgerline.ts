import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServerApp } from '../examples/server-app.ts'

/** The one in latchkey.yaml: no secret at all, and of no use but for trying things out on this machine. */
const clientSecret = 'a-secret-for-trying-things-out-on-this-machine'

/** Ledgerline: a server-side app of a third party, so that people are asked for their consent. It connects when first asked. */
export function createLedgerline(issuer: string, url: string) {
  let answering: Promise<(request: IncomingMessage, response: ServerResponse) => Promise<void>> | undefined

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      answering ??= createServerApp({ issuer, clientId: 'ledgerline', clientSecret, url }).then(app => app.callback())
      const answer = await answering
      await answer(request, response)
    } catch {
      answering = undefined // so that the next try connects again
      response.writeHead(503, { 'Content-Type': 'text/plain; charset=utf-8', 'Retry-After': '5' })
      response.end('The sign-in service can’t be reached. Wait a moment, then try again.\n')
    }
  }
}
