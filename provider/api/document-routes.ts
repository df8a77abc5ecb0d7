import { renderApiReference } from '../../views/api/reference.tsx'
import { apiPath } from '../apps/api-resource.ts'
import { html } from '../http/answer.ts'
import type { Limit } from '../http/limits.ts'
import type { Pages } from '../http/pages.ts'
import { type Route, route } from '../http/route.ts'
import { describeApi, describeWho, templateOf } from './openapi.ts'
import type { ApiRoute } from './operation.ts'

const limits: Limit[] = [{ name: 'api-document', by: 'address', points: 120, windowSeconds: 60 }]
const documentPath = `${apiPath}/openapi.json`

/** What the API says of itself: for programs as OpenAPI 3.1, and for people as a page. Both are for everybody. */
export function documentRoutes({
  issuer,
  pages,
  operations,
}: {
  issuer: string
  pages: Pages
  operations: readonly ApiRoute[]
}): Route[] {
  const document = describeApi(operations, issuer)
  const sections = [...Map.groupBy(operations, ({ operation }) => operation.about)].map(([title, routes]) => ({
    title,
    operations: routes.map(({ method, path, operation }) => ({
      id: operation.id,
      method,
      path: templateOf(path),
      summary: operation.summary,
      description: operation.description,
      who: describeWho(operation),
      status: operation.status,
      query: Object.entries(operation.example.query ?? {}),
      request: operation.example.body,
      conditional: operation.conditional === true,
      answer: operation.example.answer ?? Object.values(operation.downloads ?? {})[0],
    })),
  }))
  const about = { access: 'public', mode: 'no-data', limits } as const
  return [
    route({
      ...about,
      method: 'GET',
      path: documentPath,
      handler: () => ({ kind: 'json', body: document }),
    }),
    route({
      ...about,
      method: 'GET',
      path: apiPath,
      handler: ({ facts }) =>
        html(
          renderApiReference(pages.context({ locale: facts.locale, path: apiPath }), { issuer, apiPath, documentPath, sections }),
        ),
    }),
  ]
}
