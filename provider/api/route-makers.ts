import { z, type ZodType } from 'zod'
import { apiPath } from '../apps/api-resource.ts'
import type { AppRegistry } from '../apps/registry.ts'
import { type Circumstances, ofRequest } from '../audit/record.ts'
import type { Answer, Download } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { Context, RequestFacts } from '../http/context.ts'
import type { Limit } from '../http/limits.ts'
import { route, type RouteMode } from '../http/route.ts'
import { type AccessMode, nameActor } from '../kernel/access-mode.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Data } from '../ports/data.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { Entitlements } from '../workspaces/entitlements.ts'
import { actorOf, type Caller } from './caller.ts'
import { spendCallerLimit } from './caller-limit.ts'
import { entityTag, readIfMatch } from './conditions.ts'
import type { AssertFresh } from './freshness.ts'
import { answerOnce, type KeptResponse, readIdempotencyKey } from './idempotency.ts'
import type { ApiRoute, Operation } from './operation.ts'
import { assertPlainParams, parseInput } from './parse-input.ts'

/** Of one address, whoever calls from there: what keeps a flood of wrong keys away. */
const limits: Limit[] = [{ name: 'api', by: 'address', points: 1200, windowSeconds: 60 }]

export interface RouteMakerOptions {
  data: Data
  clock: Clock
  rateLimiter: RateLimiter
  registry: AppRegistry
  entitlements: Entitlements
  authenticate(ctx: Context): Promise<Caller>
  assertFresh: AssertFresh
}

type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never

/** What a handler makes: the body, the version it shows (which becomes its ETag), and where what was made is. */
export interface Made<Output> {
  body: Output
  version?: number | string
  location?: string
  /** In place of the body. */
  download?: Download
}

/** What every handler gets. */
export interface ApiInput<Path extends string, Query, Body> {
  params: Record<ParamNames<Path>, string>
  query: Query
  body: Body
  /** What `If-Match` names; undefined: any version. */
  tag: string | undefined
  /** Of the one transaction in which all of it happens. */
  repositories: Repositories
  circumstances: Circumstances
  facts: RequestFacts
}

export interface Declaration<Path extends string, Query, Body, Output, More>
  extends Omit<Operation, 'who' | 'query' | 'body' | 'answer'> {
  method: ApiRoute['method']
  /** Below /api/v1. */
  path: Path
  query?: ZodType<Query>
  body?: ZodType<Body>
  answer?: ZodType<Output>
  /** A reading that is itself recorded. */
  recorded?: true
  handler(input: ApiInput<Path, Query, Body> & More): Promise<Made<Output>>
}

/** What is known once it is clear that the caller may ask: in which scope it happens, and what else its handler gets. */
export interface Permit<More, Body = unknown> {
  mode: AccessMode
  /** What depends on what is sent: before anything is done about it. */
  assertBody?(body: Body): Promise<void>
  /** In the transaction, before the handler: what must be true for as long as it lasts. */
  prepare(repositories: Repositories, changes: boolean): Promise<More>
}

/**
 * Makes a route of the API of what is declared of it, in this order: limits, who calls, whether they may, which version, what they send; then
 * the handler, in one transaction with what is kept of its answer.
 */
export function makeApiRoute<const Path extends string, Query, Body, Output, More>(
  { data, clock, rateLimiter, authenticate }: Pick<RouteMakerOptions, 'data' | 'clock' | 'rateLimiter' | 'authenticate'>,
  declaration: Declaration<Path, Query, Body, Output, More>,
  who: Operation['who'],
  mode: RouteMode,
  permit: (caller: Caller, params: Readonly<Record<string, string>>, ctx: Context) => Promise<Permit<More, Body>>,
): ApiRoute {
  const { method, path, status, conditional, recorded, handler, ...described } = declaration
  const changes = method !== 'GET'

  async function answer(ctx: Context, params: Readonly<Record<string, string>>, facts: RequestFacts): Promise<Answer> {
    const caller = await authenticate(ctx)
    const actor = actorOf(caller)
    const name = nameActor(actor)
    await spendCallerLimit(ctx, rateLimiter, name)
    assertPlainParams(params)
    const permitted = await permit(caller, params, ctx)
    const tag = conditional === true ? readIfMatch(ctx) : undefined
    const query = parseInput(declaration.query, ctx.query, 'query')
    const body = parseInput(declaration.body, changes ? await readJson(ctx) : undefined, 'body')
    await permitted.assertBody?.(body)
    const key = method === 'POST' ? readIdempotencyKey(ctx) : undefined
    const circumstances = ofRequest(facts, actor, clock)

    async function respond(repositories: Repositories): Promise<KeptResponse & { download?: Download }> {
      const more = await permitted.prepare(repositories, changes)
      // The names are those of the path that the router matched.
      const named = params as Record<ParamNames<Path>, string>
      const made = await handler({ params: named, query, body, tag, repositories, circumstances, facts, ...more })
      return {
        status,
        headers: {
          ...(made.version === undefined ? {} : { ETag: entityTag(made.version) }),
          ...(made.location === undefined ? {} : { Location: `${apiPath}${made.location}` }),
        },
        body: made.body,
        ...(made.download === undefined ? {} : { download: made.download }),
      }
    }

    const request = { path: ctx.path, query: ctx.query, body }
    const reads = !changes && recorded !== true
    const response: Awaited<ReturnType<typeof respond>> = await data[reads ? 'read' : 'scoped'](permitted.mode, repositories =>
      key === undefined
        ? respond(repositories)
        : answerOnce(repositories, { caller: name, operation: described.id, key, request, clock }, () => respond(repositories)),
    )
    if (response.download !== undefined) return response.download
    if (response.status === 204) return { kind: 'nothing' }
    return { kind: 'json', status: response.status, headers: response.headers, body: response.body }
  }

  const made = route({
    method,
    path: `${apiPath}${path}`,
    access: 'bearer',
    mode,
    limits,
    params: z.record(z.string(), z.string()),
    handler: ({ ctx, params, facts }) => answer(ctx, params, facts),
  })
  return { ...made, operation: { ...described, who, status, ...(conditional === true ? { conditional } : {}) } }
}
