import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isSteppedUp, stepUpChallenge } from './step-up.ts'
import { type AccessToken, IssuerAway } from './verify-token.ts'

interface Note {
  id: string
  text: string
  writtenAt: string
}

const largestBody = 16 * 1024
const longestNote = 2000
const mostNotes = 100

/**
 * `GET`, `POST` and `DELETE /api/notes`: notes of whoever the bearer token names, kept in memory. Without a good token it answers 401
 * with the challenge of RFC 6750 §3; where the token is good and the sign-in behind it not enough to delete, with that of RFC 9470 §3.
 */
export function createNotesApi(verifyToken: (token: string) => Promise<AccessToken>) {
  const notesBySubject = new Map<string, Note[]>()

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const authorization = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')
    if (!authorization?.[1]) return answerChallenge(response)

    let caller: AccessToken
    try {
      caller = await verifyToken(authorization[1])
    } catch (error) {
      if (error instanceof IssuerAway) {
        response.setHeader('Retry-After', '5')
        return answer(response, 503, { error: 'The keys of the sign-in service could not be read. Try again in a moment.' })
      }
      return answerChallenge(response, describeRefusal(error))
    }

    const notes = notesBySubject.get(caller.sub) ?? []
    if (request.method === 'GET') return answer(response, 200, { notes })
    if (request.method === 'DELETE') {
      if (!isSteppedUp(caller)) {
        response.setHeader('WWW-Authenticate', stepUpChallenge)
        return answer(response, 401, { error: 'Deleting takes a second step, within the last ten minutes.' })
      }
      notesBySubject.delete(caller.sub)
      return answer(response, 200, { deleted: notes.length })
    }
    if (request.method !== 'POST') {
      response.setHeader('Allow', 'GET, POST, DELETE')
      return answer(response, 405, { error: 'Use GET, POST or DELETE.' })
    }

    if (!request.headers['content-type']?.startsWith('application/json')) {
      return answer(response, 415, { error: 'Send the note as application/json.' })
    }
    const body = await readBody(request)
    if (body === undefined) {
      response.setHeader('Connection', 'close')
      return answer(response, 413, { error: 'A note has at most 2,000 characters.' })
    }
    const text = readText(body)
    if (text === undefined) return answer(response, 400, { error: 'Send {"text": "…"} with 1 to 2,000 characters.' })

    const note = { id: randomUUID(), text, writtenAt: new Date().toISOString() }
    notesBySubject.set(caller.sub, [note, ...notes].slice(0, mostNotes))
    answer(response, 201, { note })
  }
}

/** RFC 6750 §3.1: no error code where no token was sent, `invalid_token` where one was and is not good. */
function answerChallenge(response: ServerResponse, refusal?: string): void {
  const parameters = refusal ? `, error="invalid_token", error_description="${refusal}"` : ''
  response.setHeader('WWW-Authenticate', `Bearer realm="fieldnotes"${parameters}`)
  answer(response, 401, { error: refusal ?? 'Send an access token.' })
}

function describeRefusal(error: unknown): string {
  const expired = error instanceof Error && 'code' in error && error.code === 'ERR_JWT_EXPIRED'
  return expired ? 'The access token has expired' : 'The access token is not one for this API'
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' })
  response.end(JSON.stringify(body))
}

/** The body as text, or undefined where it is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  // not destroyed on return, so that the answer still finds its way
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largestBody) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function readText(body: string): string | undefined {
  try {
    const { text } = JSON.parse(body) as { text?: unknown }
    if (typeof text !== 'string') return undefined
    const trimmed = text.trim()
    return trimmed.length > 0 && trimmed.length <= longestNote ? trimmed : undefined
  } catch {
    return undefined
  }
}
