import type { Context, Middleware } from '../http/context.ts'
import type { PublishedDocuments } from '../oidc/published-documents.ts'
import type { WrapGrant } from '../oidc/token-endpoint.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import type { Interactions } from '../sign-in/interactions.ts'

/** First in the chain: how many requests each route had, how they ended, and how long they took. */
export function countRequests(telemetry: Telemetry): Middleware {
  const routes = new Set<string>()

  /** The pattern of the route, never what a client sent: the number of time series is bounded by the number of routes. */
  function findRoute(ctx: Context): string {
    // Both our router and oidc-provider's leave it there.
    const matched: unknown = ctx['_matchedRoute']
    if (typeof matched === 'string') {
      routes.add(matched)
      return matched
    }
    // Answered before it was routed, as by a limit.
    return routes.has(ctx.path) ? ctx.path : 'other'
  }

  return async function requestCounts(ctx, next) {
    const startedAt = performance.now()
    await next()
    report(telemetry, findRoute(ctx), ctx.status, startedAt)
  }
}

/** The same for what is answered before the chain. */
export function countDocuments(documents: PublishedDocuments, telemetry: Telemetry): PublishedDocuments {
  return {
    ...documents,
    serve(request, response) {
      const startedAt = performance.now()
      const served = documents.serve(request, response)
      if (served) report(telemetry, request.url ?? 'other', response.statusCode, startedAt)
      return served
    },
  }
}

function report(telemetry: Telemetry, route: string, status: number, startedAt: number): void {
  telemetry.count('requests', { route, status: `${Math.floor(status / 100)}xx` })
  telemetry.observeSeconds('request', (performance.now() - startedAt) / 1000, { route })
}

/** Answers of the token endpoint with a token in them, by grant type. */
export function countTokens(wrapGrant: WrapGrant, telemetry: Telemetry): WrapGrant {
  return async (grantType, ctx, handle) => {
    await wrapGrant(grantType, ctx, handle)
    telemetry.count('tokens', { grant_type: grantType })
  }
}

/** How sign-ins end: each once, however many tabs ask. */
export function countSignIns(interactions: Interactions, telemetry: Telemetry): Interactions {
  return {
    ...interactions,
    async finish(ctx, result) {
      const next = await interactions.finish(ctx, result)
      if (next !== undefined) telemetry.count('sign_ins', { outcome: result.kind })
      return next
    },
  }
}
