import type { ZodType } from 'zod'
import type { SystemReason } from '../kernel/access-mode.ts'
import { AppError } from '../kernel/errors.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import { type Answer, send } from './answer.ts'
import { findBrowser, recogniseBrowser, unknownBrowser } from './browser-cookie.ts'
import type { Context, RequestFacts } from './context.ts'
import { readForm } from './form.ts'
import { type Limit, spendLimits } from './limits.ts'
import { assertSameOrigin } from './origin-guard.ts'

/**
 * Who may call a route. `public`: anybody. `browser`: a browser, which gets a name where it has none; its forms come from our
 * own pages. `bearer`: a program, which says with each request who it is; what it sends is not a form, and read by its handler.
 */
export type Access = 'public' | 'browser' | 'bearer'

/**
 * How a route touches data: under which system reason, as the person who is signed in, in a workspace of theirs, or not at all.
 */
export type RouteMode = { system: SystemReason } | 'self' | 'workspace' | 'no-data'

export interface RouteInput<Params, Query, Form> {
  params: Params
  query: Query
  form: Form
  facts: RequestFacts
  /** SHA-256 of the browser's cookie. Who sends a form without one is a browser that nobody has seen, each time another. */
  browser: Buffer
  /** For protocol libraries that want the raw request and response. */
  ctx: Context
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `:names` for parameters. */
  readonly path: string
  readonly access: Access
  readonly mode: RouteMode
  readonly limits: readonly Limit[]
  serve(ctx: Context, params: Record<string, string>, surroundings: RouteSurroundings): Promise<void>
}

export interface RouteSurroundings {
  issuer: string
  rateLimiter: RateLimiter
}

/**
 * Declares a route. One declaration drives the router, validation, guards and limits, in this order: origin, limits, input,
 * handler; so a flood costs no parsing, and another site's form spends nothing of what the person may do.
 */
export function route<Params = unknown, Query = unknown, Form = unknown>(declaration: {
  method: Route['method']
  path: string
  access: Access
  mode: RouteMode
  limits: readonly Limit[]
  params?: ZodType<Params>
  query?: ZodType<Query>
  form?: ZodType<Form>
  handler(input: RouteInput<Params, Query, Form>): Promise<Answer> | Answer
}): Route {
  const { method, path, access, mode, limits } = declaration
  return {
    method,
    path,
    access,
    mode,
    limits,
    async serve(ctx, params, { issuer, rateLimiter }) {
      const changes = method !== 'GET'
      if (changes && access === 'browser') assertSameOrigin(ctx, issuer)
      await spendLimits(rateLimiter, limits, ctx.state.facts)
      const browser = access === 'browser' && !changes ? recogniseBrowser(ctx) : (findBrowser(ctx) ?? unknownBrowser())
      const answer = await declaration.handler({
        params: parseInput(declaration.params, params),
        query: parseInput(declaration.query, ctx.query),
        form: parseInput(declaration.form, changes && access !== 'bearer' ? await readForm(ctx) : {}),
        facts: ctx.state.facts,
        browser,
        ctx,
      })
      send(ctx, answer)
    },
  }
}

function parseInput<Value>(schema: ZodType<Value> | undefined, value: unknown): Value {
  // Where no schema was declared, Value is unknown, and the handler can do nothing with it.
  if (schema === undefined) return value as Value
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new AppError('bad-request', { cause: parsed.error })
  return parsed.data
}
