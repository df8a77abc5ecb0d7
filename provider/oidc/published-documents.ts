import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Middleware } from '../http/context.ts'

/** What any verifier fetches: the same bytes for everybody until the keys change. */
const paths = new Set(['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/jwks'])

export function isPublished(path: string): boolean {
  return paths.has(path)
}

/** Shorter than the time between publishing a signing key and signing with it. */
const maxAgeSeconds = 600

export interface PublishedDocuments {
  /** Keeps what oidc-provider answers, the first time. */
  remember: Middleware
  /** Answers from what was kept, before any framework sees the request. False where there is nothing yet. */
  serve(request: IncomingMessage, response: ServerResponse): boolean
}

/**
 * Discovery and JWKS, computed once. These are the most frequent requests that a provider gets, and the only ones whose answer
 * depends on nothing in the request.
 */
export function publishDocuments({ issuer }: { issuer: string }): PublishedDocuments {
  const { host } = new URL(issuer)
  const kept = new Map<string, { headers: string[]; body: Buffer }>()
  const publicHeaders = {
    'Access-Control-Allow-Origin': '*',
    'Cache-Control': `public, max-age=${maxAgeSeconds}`,
  }
  return {
    async remember(ctx, next) {
      await next()
      if (!isPublished(ctx.path) || ctx.method !== 'GET' || ctx.status !== 200) return
      ctx.set(publicHeaders)
      const body = Buffer.from(JSON.stringify(ctx.body))
      const perRequest = new Set(['x-request-id', 'vary', 'set-cookie', 'content-length', 'access-control-expose-headers'])
      // Names and values in turn: Node writes such a list as it is.
      const headers = Object.entries(ctx.response.headers).flatMap(([name, value]) =>
        perRequest.has(name) || typeof value !== 'string' ? [] : [name, value],
      )
      kept.set(ctx.path, { headers: [...headers, 'content-length', String(body.length)], body })
    },
    serve(request, response) {
      const document = request.method === 'GET' && request.headers.host === host ? kept.get(request.url ?? '') : undefined
      if (document === undefined) return false
      response.writeHead(200, document.headers)
      response.end(document.body)
      return true
    },
  }
}

/** The documents first, everything else after them. */
export function serveDocumentsFirst(documents: PublishedDocuments, listener: RequestListener): RequestListener {
  return (request, response) => {
    if (!documents.serve(request, response)) listener(request, response)
  }
}
