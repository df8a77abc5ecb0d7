import { type Activity, activities, renderAccountActivity } from '../../views/account/activity.tsx'
import { html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { type SessionEndReason, sessionEndReasons } from '../kernel/session-end.ts'
import { describeDevice } from '../http/request-facts.ts'
import type { AuditEventRecord } from '../ports/records.ts'
import { type AccountParts, nameConnection } from './surroundings.ts'

const path = '/account/activity'
const entriesOfAPage = 25

/** What happened in an account, in words, paged by date. */
export function activityRoutes(parts: AccountParts): Route[] {
  const { accountRoute, data, registry } = parts

  async function nameApp(clientId: string | undefined): Promise<string | undefined> {
    if (clientId === undefined) return undefined
    return (await registry.find(clientId))?.metadata.client_name ?? clientId
  }

  return [
    accountRoute({
      method: 'GET',
      path,
      async handler({ ctx, mode, user, page }) {
        const before = readMoment(ctx.query['before'])
        const events = await data.read(mode, ({ auditEvents }) =>
          auditEvents.listForUser(user.id, activities, entriesOfAPage + 1, before),
        )
        const shown = events.slice(0, entriesOfAPage)
        const oldest = shown.at(-1)
        const entries = await Promise.all(
          shown.map(async event => ({
            // Only these were asked for.
            activity: event.action as Activity,
            at: event.occurredAt,
            endedBy: event.action === 'session.ended' ? readReason(event) : undefined,
            what: (await nameApp(valueOf(event, 'client_id'))) ?? subjectOf(event, parts),
            device: describeDevice(valueOf(event, 'user_agent') ?? ''),
            ip: valueOf(event, 'ip'),
          })),
        )
        return html(
          renderAccountActivity(page, {
            entries,
            olderHref: events.length > shown.length && oldest ? `${path}?before=${oldest.occurredAt.toISOString()}` : undefined,
            newestHref: before === undefined ? undefined : path,
          }),
        )
      },
    }),
  ]
}

/** What an event says of one of its fields. */
export function valueOf({ disclosures }: AuditEventRecord, name: string): string | undefined {
  return disclosures[name]?.value
}

/** The address, the name or the service that a change was about. */
function subjectOf(event: AuditEventRecord, parts: AccountParts): string | undefined {
  for (const side of ['after', 'before']) {
    const state: unknown = JSON.parse(valueOf(event, side) ?? 'null')
    if (typeof state !== 'object' || state === null) continue
    for (const name of ['address', 'name', 'connection']) {
      const value: unknown = Reflect.get(state, name)
      if (typeof value === 'string' && value !== '') return name === 'connection' ? nameConnection(parts, value) : value
    }
  }
  return undefined
}

/** An older version may have had reasons of its own. */
function readReason(event: AuditEventRecord): SessionEndReason | undefined {
  const reason = valueOf(event, 'reason')
  return sessionEndReasons.find(each => each === reason)
}

function readMoment(text: unknown): Date | undefined {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return undefined
  const moment = new Date(text)
  return Number.isNaN(moment.getTime()) ? undefined : moment
}
