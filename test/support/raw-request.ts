import { connect } from 'node:net'

export interface RawResponse {
  /** Undefined where the connection was closed without an answer. */
  status: number | undefined
  /** Names in lower case. */
  headers: Record<string, string>
  body: string
}

/**
 * Sends these bytes as they are, since no HTTP client would send some of them, and answers the first response on the connection.
 * The pieces of a list are sent one after the other, `pauseMilliseconds` apart.
 */
export function sendRaw(url: string, pieces: string | string[], pauseMilliseconds = 0): Promise<RawResponse> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let answer = ''
    let stopped = false
    const socket = connect(Number(port), hostname)
    const finish = () => {
      stopped = true
      socket.destroy()
      resolve(parseAnswer(answer))
    }
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      answer += chunk
      if (isWhole(answer)) finish()
    })
    socket.on('close', finish)
    socket.on('error', error => {
      // The server may hang up while the rest of what is too much is still being sent.
      if (answer !== '' || ('code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE'))) finish()
      else reject(error)
    })
    const sendFrom = ([piece, ...rest]: string[]): void => {
      if (piece === undefined || stopped) return
      socket.write(piece, 'latin1')
      if (pauseMilliseconds > 0) setTimeout(sendFrom, pauseMilliseconds, rest)
      else sendFrom(rest)
    }
    socket.on('connect', () => sendFrom([pieces].flat()))
  })
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n')
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1]
  return end > 0 && length !== undefined && answer.length >= end + 4 + Number(length)
}

function parseAnswer(answer: string): RawResponse {
  const end = answer.indexOf('\r\n\r\n')
  const [first = '', ...lines] = answer.slice(0, end < 0 ? undefined : end).split('\r\n')
  const status = /^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]
  const headers = lines.map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()])
  return {
    status: status === undefined ? undefined : Number(status),
    headers: Object.fromEntries(headers),
    body: end < 0 ? '' : answer.slice(end + 4),
  }
}
