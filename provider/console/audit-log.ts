import { type AuditLogProps, renderConsoleAuditLog } from '../../views/console/audit-log.tsx'
import { consoleHref } from '../../views/console/console-page.tsx'
import { exportFormats } from '../audit/export-record.ts'
import { recordEvent } from '../audit/record.ts'
import { type Answer, html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { normaliseAddress } from '../sign-in/address.ts'
import { describeEvents, findNamedMembers } from './audit-entries.ts'
import { type AuditFilters, isDay, readFilters, searchFor, writeFilters } from './audit-filters.ts'
import type { ConsoleInput } from './console-route.ts'
import { readPlace, writePlace } from './cursor.ts'
import type { ConsoleParts } from './surroundings.ts'

const path = '/audit'
const eventsOfAPage = 25

/** Who did what in a workspace, and what it was before. Each look at it is recorded, too. */
export function auditLogRoutes({ consoleRoute, data, registry, clock, entitlements, auditDownloads }: ConsoleParts): Route[] {
  async function show(
    { ctx, mode, authority, workspace, circumstances, page, where }: ConsoleInput,
    filters: AuditFilters,
    typed: { who?: string; whom?: string; problem?: AuditLogProps['filters']['problem'] } = {},
  ): Promise<Answer> {
    const { workspaceId } = authority
    const here = consoleHref(where.slug, path)
    const place = readPlace(ctx.query['before'])
    const before = place && { occurredAt: place.moment, eventId: place.id }
    const { found, members, named } = await data.scoped(mode, async repositories => {
      const events = await repositories.auditEvents.searchWorkspace(workspaceId, searchFor(filters), eventsOfAPage + 1, before)
      const shown = String(Math.min(events.length, eventsOfAPage))
      await recordEvent(repositories, { action: 'audit-log.viewed', workspaceId, shown }, circumstances)
      return {
        found: events,
        members: await findNamedMembers(repositories, workspaceId, events),
        named: {
          who: filters.actor && (await repositories.members.find(workspaceId, filters.actor)),
          whom: filters.person && (await repositories.members.find(workspaceId, filters.person)),
        },
      }
    })
    const events = found.slice(0, eventsOfAPage)
    const last = events.at(-1)
    const next = found.length > events.length && last ? writePlace({ moment: last.occurredAt, id: last.id }) : undefined
    const isFiltered = Object.keys(filters).length > 0
    const text = renderConsoleAuditLog(page, where, {
      now: clock(),
      entries: await describeEvents(events, { slug: where.slug, members, registry }),
      paging: {
        nextHref: next && `${here}${writeFilters(filters, { before: next })}`,
        firstHref: before && `${here}${writeFilters(filters)}`,
      },
      filters: {
        form: { action: `${here}/search` },
        who: typed.who ?? (named.who ? named.who.address : (filters.actor ?? '')),
        whom: typed.whom ?? (named.whom ? named.whom.address : (filters.person ?? '')),
        action: filters.action ?? '',
        from: filters.from ?? '',
        until: filters.until ?? '',
        problem: typed.problem,
        clearHref: isFiltered ? here : undefined,
      },
      download: describeDownload(workspace, authority, here),
    })
    return html(text, typed.problem === undefined ? 200 : 400)
  }

  function describeDownload(
    workspace: ConsoleInput['workspace'],
    { permissions }: ConsoleInput['authority'],
    here: string,
  ): AuditLogProps['download'] {
    if (!permissions.has('audit.export')) return undefined
    if (!entitlements.includes(workspace, 'audit-export')) return { lackingPlan: workspace.plan }
    return { form: { action: `${here}/download` } }
  }

  return [
    consoleRoute({
      method: 'GET',
      path,
      section: 'audit',
      permission: 'audit.read',
      handler: input => show(input, readFilters(input.ctx.query)),
    }),
    consoleRoute({
      // By a form that posts: an address does not belong into one of ours.
      method: 'POST',
      path: `${path}/search`,
      section: 'audit',
      permission: 'audit.read',
      comeBackTo: path,
      async handler(input) {
        const { mode, authority, form, where } = input
        const { who = '', whom = '', action = '', from = '', until = '' } = form
        const filters = readFilters({ action, ...(isDay(from) ? { from } : {}), ...(isDay(until) ? { until } : {}) })
        const ids = await data.read(mode, async ({ members }) => ({
          actor: await findId(who, address => members.findByAddress(authority.workspaceId, address)),
          person: await findId(whom, address => members.findByAddress(authority.workspaceId, address)),
        }))
        if (ids.actor === 'nobody') return show(input, filters, { who, whom, problem: { field: 'who', kind: 'nobody' } })
        if (ids.person === 'nobody') return show(input, filters, { who, whom, problem: { field: 'whom', kind: 'nobody' } })
        const found = readFilters({ ...filters, ...ids })
        return { kind: 'redirect', to: `${consoleHref(where.slug, path)}${writeFilters(found)}` }
      },
    }),
    consoleRoute({
      // By a form that posts: that it was taken along is recorded.
      method: 'POST',
      path: `${path}/download`,
      section: 'audit',
      permission: 'audit.export',
      entitlement: 'audit-export',
      comeBackTo: path,
      handler({ mode, workspace, form, circumstances }) {
        const format = exportFormats.find(each => each === form['format'])
        if (format === undefined) throw new AppError('bad-request')
        return data.scoped(mode, repositories => auditDownloads.begin(repositories, { workspace, mode, format, circumstances }))
      },
    }),
  ]
}

/** By address or by the id that the log itself shows: of those who are gone, there is nothing else. */
async function findId(
  typed: string,
  find: (address: string) => Promise<{ userId: string } | undefined>,
): Promise<string | undefined> {
  const text = typed.trim()
  if (text === '') return undefined
  if (readFilters({ actor: text }).actor !== undefined) return text
  const address = normaliseAddress(text)
  return (address && (await find(address))?.userId) ?? 'nobody'
}
