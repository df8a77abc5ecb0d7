import { z } from 'zod'
import { secondsAfter } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { ApiKeyRecord } from '../ports/api-repositories.ts'
import { createApiKey, deleteApiKey } from '../workspaces/api-keys.ts'
import { exampleId, exampleLater, exampleMoment, exampleUserId } from './example-ids.ts'
import type { ApiRoute } from './operation.ts'
import { answerPage } from './pages.ts'
import type { ApiParts } from './parts.ts'
import { id, moment, nameText, pageOf, pageQuery, permissionNames } from './schemas.ts'

const daySeconds = 86_400
const usualDays = 90
const mostDays = 366

const keyAnswer = z.strictObject({
  id,
  name: z.string(),
  permissions: z.array(z.string()).describe('What it may do, as far as whoever made it may.'),
  created_by: id,
  created_at: moment,
  expires_at: moment,
  last_used_at: moment.nullable().describe('To an hour.'),
})

const newKeyAnswer = keyAnswer.extend({ key: z.string().describe('The key itself, shown this once.') })

const keyExample = {
  id: exampleId,
  name: 'Nightly report',
  permissions: ['members.read'],
  created_by: exampleUserId,
  created_at: exampleMoment,
  expires_at: exampleLater,
  last_used_at: null,
}

function describeKey(key: ApiKeyRecord): z.input<typeof keyAnswer> {
  return {
    id: key.id,
    name: key.name,
    permissions: key.permissions,
    created_by: key.createdBy,
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt.toISOString(),
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
  }
}

export function apiKeyRoutes({ workspaceRoute, cursors, clock, entitlements }: ApiParts): ApiRoute[] {
  const about = 'API keys'

  return [
    workspaceRoute({
      method: 'GET',
      path: '/workspaces/:workspace/api-keys',
      id: 'listApiKeys',
      about,
      summary: 'List the keys of the workspace, oldest first',
      description: 'Those that have expired are among them for a month.',
      permission: 'api-keys.manage',
      status: 200,
      query: pageQuery,
      answer: pageOf(keyAnswer),
      example: { answer: { items: [keyExample], next_cursor: null } },
      handler: ({ repositories, params: { workspace }, query }) =>
        answerPage({ cursors, list: `api-keys ${workspace}`, query }, page => repositories.apiKeys.list(workspace, page), {
          positionOf: ({ createdAt, id: keyId }) => ({ moment: createdAt, id: keyId }),
          describe: describeKey,
        }),
    }),
    workspaceRoute({
      method: 'POST',
      path: '/workspaces/:workspace/api-keys',
      id: 'createApiKey',
      about,
      summary: 'Make a key for a program',
      description:
        'It belongs to the workspace, may never do more than whoever made it may at that moment, and ends with their membership. No key makes another one.',
      permission: 'api-keys.manage',
      fresh: true,
      peopleOnly: true,
      entitlement: 'api-keys',
      status: 201,
      body: z.strictObject({
        name: nameText,
        permissions: permissionNames.min(1),
        expires_in_days: z.int().min(1).max(mostDays).optional().describe(`${usualDays} days unless said.`),
      }),
      answer: newKeyAnswer,
      example: {
        body: { name: 'Nightly report', permissions: ['members.read'], expires_in_days: 90 },
        answer: { ...keyExample, key: `lk_${exampleId.replaceAll('-', '')}_${'A'.repeat(43)}` },
      },
      async handler({ repositories, authority, circumstances, params: { workspace }, body }) {
        const { name, permissions, expires_in_days: days = usualDays } = body
        const expiresAt = secondsAfter(clock(), days * daySeconds)
        const wanted = { name, permissions, expiresAt }
        const { id: keyId, key } = await createApiKey(repositories, authority, wanted, { circumstances, entitlements })
        const made = await repositories.apiKeys.find(workspace, keyId)
        if (made === undefined) throw new AppError('unexpected')
        return { body: { ...describeKey(made), key } }
      },
    }),
    workspaceRoute({
      method: 'DELETE',
      path: '/workspaces/:workspace/api-keys/:apiKey',
      id: 'deleteApiKey',
      about,
      summary: 'End a key at once',
      permission: 'api-keys.manage',
      fresh: true,
      status: 204,
      example: {},
      async handler({ repositories, authority, circumstances, params: { apiKey } }) {
        await deleteApiKey(repositories, authority, apiKey, circumstances)
        return { body: undefined }
      },
    }),
  ]
}
