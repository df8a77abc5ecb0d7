import Router from '@koa/router'
import { AppError } from '../kernel/errors.ts'
import type { DefaultContext } from 'koa'
import type { Middleware, State } from './context.ts'
import type { Route, RouteSurroundings } from './route.ts'

/** Serves the declared routes; what none of them answers goes on to the next middleware. */
export function serveRoutes(routes: readonly Route[], surroundings: RouteSurroundings): Middleware {
  const router = new Router<State, DefaultContext>({ strict: true, sensitive: true })
  const methods = Map.groupBy(routes, route => route.path)
  for (const route of routes) {
    // With GET comes HEAD.
    const served = route.method === 'GET' ? ['HEAD', 'GET'] : [route.method]
    router.register(route.path, served, ctx => route.serve(ctx, ctx['params'], surroundings))
  }
  for (const [path, siblings] of methods) {
    router.all(path, ctx => {
      ctx.set('Allow', siblings.flatMap(route => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method])).join(', '))
      throw new AppError('method-not-allowed')
    })
  }
  // The router's own context type is wider than ours by what it adds; it asks for nothing that ours has not.
  const serve = router.routes() as unknown as Middleware
  // Most requests are the protocol's: they need not be held against every route of ours.
  const beginnings = new Set(routes.map(route => firstSegment(route.path)))
  return (ctx, next) => (beginnings.has(firstSegment(ctx.path)) ? serve(ctx, next) : next())
}

function firstSegment(path: string): string {
  return path.split('/', 2)[1] ?? ''
}
