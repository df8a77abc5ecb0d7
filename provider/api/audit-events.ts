import { hash } from 'node:crypto'
import { z } from 'zod'
import { recordEvent } from '../audit/record.ts'
import type { FoundEvent } from '../ports/audit-events.ts'
import { exampleId, exampleMoment, exampleUserId } from './example-ids.ts'
import type { ApiRoute } from './operation.ts'
import { answerPage } from './pages.ts'
import type { ApiParts } from './parts.ts'
import { id, moment, pageOf, pageQuery } from './schemas.ts'

const eventAnswer = z.strictObject({
  id,
  action: z.string(),
  occurred_at: moment,
  actor: z.string().nullable().describe('`user:<id>`, `api-key:<id>`, `app:<client id>` or `system:<reason>`.'),
  target: z.string().nullable().describe('What was acted upon, in the same form.'),
  user_id: id.nullable().describe('The person whom it concerns.'),
  details: z.record(z.string(), z.unknown()).nullable().describe('What is known of it; null where it can be read no more.'),
  readable: z
    .enum(['open', 'emptied', 'erased', 'broken'])
    .describe('Why not: its time was over, its person was erased, or somebody altered it.'),
})

const name = z.string().max(200)

const eventQuery = pageQuery.extend({
  actor: name.optional(),
  action: name.optional(),
  target: name.optional(),
  user: z.uuid().optional(),
  from: moment.optional().describe('From this moment on.'),
  until: moment.optional().describe('Before this moment.'),
})

/** Fields that are kept as canonical JSON; the others are text. */
const structured = new Set(['actor', 'before', 'after'])

function describeEvent({ id: eventId, action, occurredAt, actor, target, userId, disclosure }: FoundEvent) {
  const details =
    disclosure.kind === 'open'
      ? Object.fromEntries(
          Object.entries(disclosure.disclosures).map(([field, { value }]): [string, unknown] => [
            field,
            structured.has(field) ? JSON.parse(value) : value,
          ]),
        )
      : null
  return {
    id: eventId,
    action,
    occurred_at: occurredAt.toISOString(),
    actor: actor ?? null,
    target: target ?? null,
    user_id: userId ?? null,
    details,
    readable: disclosure.kind,
  }
}

/** The log of a workspace. Whoever reads it leaves an event in it: it tells of people. */
export function auditEventRoutes({ workspaceRoute, cursors }: ApiParts): ApiRoute[] {
  return [
    workspaceRoute({
      method: 'GET',
      path: '/workspaces/:workspace/events',
      id: 'searchEvents',
      about: 'Audit log',
      summary: 'Search the audit log, newest first',
      permission: 'audit.read',
      recorded: true,
      status: 200,
      query: eventQuery,
      answer: pageOf(eventAnswer),
      example: {
        query: { action: 'workspace.created', limit: '20' },
        answer: {
          items: [
            {
              id: exampleId,
              action: 'workspace.created',
              occurred_at: exampleMoment,
              actor: `user:${exampleUserId}`,
              target: `user:${exampleUserId}`,
              user_id: exampleUserId,
              details: { actor: { kind: 'user', userId: exampleUserId }, after: { slug: 'acme', personal: false, plan: 'pro' } },
              readable: 'open',
            },
          ],
          next_cursor: null,
        },
      },
      async handler({ repositories, params: { workspace: workspaceId }, query, circumstances }) {
        const { cursor: _cursor, limit: _limit, user: userId, from, until, ...names } = query
        const search = {
          ...names,
          userId,
          from: from === undefined ? undefined : new Date(from),
          until: until === undefined ? undefined : new Date(until),
        }
        // A cursor is good for the search that it was made in.
        const searched = hash('sha256', JSON.stringify(search), 'base64url')
        const made = await answerPage(
          { cursors, list: `events ${workspaceId} ${searched}`, query },
          ({ after, limit }) => {
            const before = after && { occurredAt: after.moment, eventId: after.id }
            return repositories.auditEvents.searchWorkspace(workspaceId, search, limit, before)
          },
          { positionOf: ({ occurredAt, id: eventId }) => ({ moment: occurredAt, id: eventId }), describe: describeEvent },
        )
        const shown = String(made.body.items.length)
        await recordEvent(repositories, { action: 'audit-log.viewed', workspaceId, shown }, circumstances)
        return made
      },
    }),
  ]
}
