import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { listSecurityHeaders } from './security-headers.ts'

/** What Node's parser gave up on, by its code. */
const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/**
 * Answers what is no HTTP request, or is too large or too slow to be one, before any framework sees it: with the headers that
 * every answer of ours has.
 */
export function answerUnreadable(issuer: string): (error: Error & { code?: string }, socket: Duplex) => void {
  const headers = Object.entries({
    ...listSecurityHeaders(issuer),
    'Content-Type': 'text/plain; charset=utf-8',
    Connection: 'close',
  })
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return (error, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy()
      return
    }
    const status = statuses[error.code ?? ''] ?? 400
    const body = `${STATUS_CODES[status]}\n`
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`)
  }
}
