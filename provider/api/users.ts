import { z } from 'zod'
import { exportAccount } from '../account/export.ts'
import { scheduleErasure } from '../account/schedule-erasure.ts'
import { recordEvent } from '../audit/record.ts'
import { exampleMoment, exampleUserId, exampleWorkspaceId } from './example-ids.ts'
import { freshPerson } from './freshness.ts'
import type { ApiRoute } from './operation.ts'
import type { ApiParts } from './parts.ts'
import { id, moment } from './schemas.ts'

const userAnswer = z.strictObject({
  id,
  address: z.string(),
  name: z.string().nullable(),
  locale: z.string(),
  created_at: moment,
  erasure_due_at: moment.nullable().describe('When the account will be deleted, where its person has asked for that.'),
  workspaces: z.array(z.strictObject({ id, slug: z.string(), name: z.string(), roles: z.array(z.string()) })),
})

const exportAnswer = z.looseObject({ format: z.string(), issuer: z.string(), profile: z.looseObject({ id }) })

const erasureAnswer = z.strictObject({ erasure_due_at: moment })

/** What is kept of whoever calls. */
export function userRoutes(parts: ApiParts): ApiRoute[] {
  const { selfRoute } = parts
  const about = 'Users'

  return [
    selfRoute({
      method: 'GET',
      path: '/users/me',
      id: 'readMe',
      about,
      summary: 'Read who you are, and where you are a member',
      status: 200,
      answer: userAnswer,
      example: {
        answer: {
          id: exampleUserId,
          address: 'ada@acme.example',
          name: 'Ada Keller',
          locale: 'en',
          created_at: exampleMoment,
          erasure_due_at: null,
          workspaces: [{ id: exampleWorkspaceId, slug: 'acme', name: 'Acme', roles: ['admin'] }],
        },
      },
      async handler({ repositories, user }) {
        const workspaces = await repositories.workspaces.listForUser(user.id)
        return {
          body: {
            id: user.id,
            address: user.address,
            name: user.name ?? null,
            locale: user.locale,
            created_at: user.createdAt.toISOString(),
            erasure_due_at: user.erasureDueAt?.toISOString() ?? null,
            workspaces: workspaces.map(({ id: workspaceId, slug, name, roles }) => ({ id: workspaceId, slug, name, roles })),
          },
        }
      },
    }),
    selfRoute({
      method: 'GET',
      path: '/users/me/export',
      id: 'exportMe',
      about,
      summary: 'Take along everything that is kept of you',
      description: freshPerson,
      fresh: true,
      recorded: true,
      status: 200,
      answer: exportAnswer,
      example: {
        answer: {
          format: 'latchkey-account/1',
          issuer: 'https://id.example.com',
          profile: { id: exampleUserId, language: 'en' },
        },
      },
      async handler({ repositories, user, circumstances }) {
        await recordEvent(repositories, { action: 'account.exported', userId: user.id }, circumstances)
        return { body: await exportAccount(repositories, user, parts) }
      },
    }),
    selfRoute({
      method: 'DELETE',
      path: '/users/me',
      id: 'deleteMe',
      about,
      summary: 'Have your account deleted, when the time in which you can take that back is over',
      description: `You are signed out everywhere at once; signing in again lets you keep the account. Not for the only Admin of a workspace, who hands it over or deletes it first. ${freshPerson}`,
      fresh: true,
      signsOut: true,
      status: 202,
      answer: erasureAnswer,
      example: { answer: { erasure_due_at: '2026-05-18T09:30:00.000Z' } },
      async handler({ repositories, user, facts, circumstances }) {
        const dueAt = await scheduleErasure(repositories, parts, { user, facts, circumstances })
        return { body: { erasure_due_at: dueAt.toISOString() } }
      },
    }),
  ]
}
