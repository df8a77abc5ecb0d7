import { z, type ZodType } from 'zod'
import { apiPath } from '../apps/api-resource.ts'
import { callerLimit } from './caller-limit.ts'
import { freshPerson } from './freshness.ts'
import type { ApiRoute, Operation } from './operation.ts'

/** RFC 9457, with what every error of ours says beside it. */
const problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string().describe('What went wrong, for programs.'),
  detail: z.string().optional(),
  request_id: z.string().optional().describe('By which the log names the request.'),
})

const introduction = `Everything is JSON, but for the export of the audit log; errors are problem documents (RFC 9457) with a \`code\` of ours.

Every request carries \`Authorization: Bearer …\`: an access token whose audience is this API, an API key of a workspace, or, for what concerns the
whole installation, a token of an app that was registered with \`"system": true\`. What a caller may do is what they may at that moment, whatever the
token said when it was made. What takes something away from people, or gives somebody power for longer than a sign-in, a person may do within ten
minutes of signing in; later the answer is 401 with \`insufficient_user_authentication\` and what to ask of the sign-in (RFC 9470). What belongs to another workspace is answered like what does not exist: 404.

A POST may carry an \`Idempotency-Key\`: within 24 hours, the same request with the same key gets the same answer, and nothing is done twice.
What has a \`version\` is changed with \`If-Match\`: without it the answer is 428, and 412 where somebody was faster. Lists go on with the \`cursor\` that
they answer as \`next_cursor\`. A caller has ${callerLimit.points} requests in ${callerLimit.windowSeconds} seconds; \`RateLimit\` says what is left.`

/** What each status means here, wherever it can come. */
const errors = {
  400: 'The request could not be understood; `detail` says what is wrong.',
  401: 'There is no credential, or none that is good; or the sign-in is not fresh enough: `WWW-Authenticate` says what to ask for.',
  403: 'The caller may not do this, or the plan does not include it.',
  404: 'There is no such thing in the caller’s workspace.',
  409: 'It is not as it would have to be for this; or the same request is being answered.',
  412: 'It has another version by now.',
  413: 'The body is larger than 64 KiB.',
  415: 'The body is not `application/json`.',
  422: 'The idempotency key was used for another request.',
  428: 'If-Match is missing.',
  429: 'There were too many requests; `Retry-After` says when to go on.',
} as const

type ErrorStatus = keyof typeof errors

/** The document of OpenAPI 3.1, of the routes' own declarations. */
export function describeApi(operations: readonly ApiRoute[], issuer: string) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of operations) {
    const path = templateOf(route.path.slice(apiPath.length))
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeOperation(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Latchkey management API', version: '1', description: introduction },
    servers: [{ url: `${issuer}${apiPath}` }],
    security: [{ bearer: [] }],
    tags: [...new Set(operations.map(({ operation }) => operation.about))].map(name => ({ name })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'An access token (JWT) or an API key.' } },
      schemas: { Problem: toSchema(problem, 'output') },
    },
  }
}

/** The path of a route as OpenAPI writes it: `/workspaces/{workspace}`. */
export function templateOf(path: string): string {
  return path.replaceAll(/:([A-Za-z]+)/g, '{$1}')
}

function describeOperation({ operation, method, path }: ApiRoute): Record<string, unknown> {
  const { id, about, summary, status, answer, downloads, body, example } = operation
  return {
    operationId: id,
    tags: [about],
    summary,
    description: [operation.description, `**Who may:** ${describeWho(operation)}`].filter(Boolean).join('\n\n'),
    parameters: [...listPathParameters(path), ...listQueryParameters(operation), ...listHeaders(operation, method)],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: toSchema(body, 'input'), example: example.body } },
          },
        }),
    responses: {
      [status]: {
        description: status === 204 ? 'Done.' : summary,
        ...(answer === undefined
          ? {}
          : { content: { 'application/json': { schema: toSchema(answer, 'output'), example: example.answer } } }),
        ...(downloads === undefined ? {} : { content: describeDownloads(downloads) }),
      },
      ...Object.fromEntries(listErrors(operation, method).map(each => [each, describeError(each)])),
    },
  }
}

function describeDownloads(downloads: NonNullable<Operation['downloads']>) {
  return Object.fromEntries(Object.entries(downloads).map(([type, example]) => [type, { schema: { type: 'string' }, example }]))
}

/** In words: which permission, or who. */
export function describeWho({ who, entitlement }: Operation): string {
  const plan = entitlement === undefined ? '' : ` The plan has to include \`${entitlement}\`.`
  if (who.kind === 'self') return 'A person, for themselves.'
  if (who.kind === 'operator') return 'An app of the operator’s (`"system": true`).'
  const caller = who.peopleOnly ? 'A member, by an access token,' : 'A member or a key'
  const allowed = who.permission === undefined ? 'Every member.' : `${caller} with the permission \`${who.permission}\`.`
  const fresh = who.fresh ? ` ${freshPerson}` : ''
  return `${allowed}${fresh}${who.orSystem ? ' An app of the operator’s, too.' : ''}${plan}`
}

function listPathParameters(path: string) {
  return Array.from(path.matchAll(/:([A-Za-z]+)/g), ([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function listQueryParameters({ query, example }: Operation) {
  if (query === undefined) return []
  const { properties = {}, required = [] } = toSchema(query, 'input')
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
    ...(example.query?.[name] === undefined ? {} : { example: example.query[name] }),
  }))
}

function listHeaders({ conditional }: Operation, method: string) {
  return [
    ...(conditional === true
      ? [
          {
            name: 'If-Match',
            in: 'header',
            required: true,
            schema: { type: 'string' },
            description: 'The ETag that was seen, or `*`.',
          },
        ]
      : []),
    ...(method === 'POST'
      ? [{ name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', maxLength: 255 } }]
      : []),
  ]
}

function listErrors({ conditional, who }: Operation, method: string): ErrorStatus[] {
  const changes = method !== 'GET'
  return [
    400,
    401,
    403,
    ...(who.kind === 'self' ? [] : ([404] as const)),
    ...(changes ? ([409] as const) : []),
    ...(conditional === true ? ([412] as const) : []),
    ...(changes ? ([413, 415] as const) : []),
    ...(method === 'POST' ? ([422] as const) : []),
    ...(conditional === true ? ([428] as const) : []),
    429,
  ]
}

function describeError(status: ErrorStatus) {
  return {
    description: errors[status],
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }
}

function toSchema(schema: ZodType, io: 'input' | 'output') {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema, { target: 'draft-2020-12', io })
  return described
}
