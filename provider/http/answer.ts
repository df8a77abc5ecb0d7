import type { Context } from './context.ts'
import { sendPieces } from './pieces.ts'

/** What a handler answers. It describes the response; `send` writes it. */
export type Answer =
  | { kind: 'page'; html: string; status?: number }
  | { kind: 'redirect'; to: string }
  | { kind: 'json'; body: unknown; status?: number; headers?: Readonly<Record<string, string>> }
  /** Done, and nothing is to be said of it. */
  | { kind: 'nothing' }
  /** With a `fileName`, for the browser to save. */
  | { kind: 'text'; body: string; type: string; fileName?: string }
  | Download
  /** A picture that may be kept for a while. */
  | { kind: 'picture'; body: Buffer; type: string }
  /** Content that never changes under its URL. */
  | { kind: 'asset'; body: string; type: string }

/** Text of any length, for a browser or a program to save: sent as it is made. */
export interface Download {
  kind: 'download'
  pieces: AsyncIterable<string>
  type: string
  fileName: string
}

/** A page, as it is answered. */
export function html(text: string, status = 200): Answer {
  return { kind: 'page', html: text, status }
}

export function send(ctx: Context, answer: Answer): void {
  switch (answer.kind) {
    case 'page':
      ctx.status = answer.status ?? 200
      ctx.type = 'text/html; charset=utf-8'
      ctx.body = answer.html
      return
    case 'redirect':
      // 303: whatever the request was, the next one is a GET (RFC 9110 §15.4.4), so reload and back are harmless.
      ctx.status = 303
      ctx.set('Location', answer.to)
      ctx.body = ''
      return
    case 'json':
      ctx.status = answer.status ?? 200
      ctx.type = 'application/json'
      ctx.set(answer.headers ?? {})
      ctx.body = JSON.stringify(answer.body)
      return
    case 'nothing':
      ctx.status = 204
      return
    case 'text':
      if (answer.fileName !== undefined) ctx.attachment(answer.fileName)
      ctx.type = answer.type
      ctx.body = answer.body
      return
    case 'download':
      ctx.attachment(answer.fileName)
      ctx.set('Content-Type', answer.type)
      sendPieces(ctx, answer.pieces)
      return
    case 'picture':
      ctx.set('Cache-Control', 'public, max-age=3600')
      ctx.type = answer.type
      ctx.body = answer.body
      return
    case 'asset':
      ctx.set('Cache-Control', 'public, max-age=31536000, immutable')
      ctx.type = answer.type
      ctx.body = answer.body
      return
  }
}
