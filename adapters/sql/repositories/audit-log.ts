import { sql } from 'kysely'
import { type AuditLogRepository, type ChainEntry, installationChain } from '../../../provider/ports/audit-chain.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'
import type { Vault } from '../vault.ts'
import { eventQuery, openEvent } from './found-events.ts'

const listChains = prepare<{ after: string; limit: number }>()(parameter =>
  queries
    .selectFrom('audit_chains')
    .select(['chain_id', 'position', 'link'])
    .where('chain_id', '>', parameter.after)
    .orderBy('chain_id')
    .limit(sql<number>`${parameter.limit}::bigint`),
)

const findHead = prepare<{ chainId: string }>()(parameter =>
  queries.selectFrom('audit_chains').select(['chain_id', 'position', 'link']).where('chain_id', '=', parameter.chainId),
)

const listLinks = prepare<{ chainId: string; after: number; limit: number }>()(parameter =>
  queries
    .selectFrom('audit_links')
    .select(['position', 'event_id', 'link'])
    .where('chain_id', '=', parameter.chainId)
    .where('position', '>', sql<number>`${parameter.after}::bigint`)
    .orderBy('position')
    .limit(sql<number>`${parameter.limit}::bigint`),
)

// Apart from their links: for a join of a page whose length the plan doesn't know, Postgres would read all events for each page.
const findEvents = prepare<{ ids: readonly string[] }>()(parameter =>
  eventQuery().where(sql<boolean>`e.id = any(${parameter.ids}::uuid[])`),
)

const listOfWorkspace = prepare<{ workspaceId: string; moment: Date | '-infinity'; eventId: string; limit: number }>()(
  parameter =>
    queries
      .selectFrom('audit_events')
      .select(['id', 'workspace_id', 'occurred_at'])
      .where('workspace_id', '=', parameter.workspaceId)
      .where(sql<boolean>`(occurred_at, id) > (${parameter.moment}, ${parameter.eventId})`)
      .orderBy('occurred_at')
      .orderBy('id')
      .limit(sql<number>`${parameter.limit}::bigint`),
)

// The installation's have no index of their own: all events are walked over, and the others passed by.
const listAll = prepare<{ eventId: string; limit: number }>()(parameter =>
  queries
    .selectFrom('audit_events')
    .select(['id', 'workspace_id', 'occurred_at'])
    .where('id', '>', parameter.eventId)
    .orderBy('id')
    .limit(sql<number>`${parameter.limit}::bigint`),
)

const findUnsealed = prepare<{ ids: readonly string[] }>()(parameter =>
  queries.selectFrom('audit_unsealed').select('event_id').where(sql<boolean>`event_id = any(${parameter.ids}::uuid[])`),
)

const findLinked = prepare<{ ids: readonly string[] }>()(parameter =>
  queries.selectFrom('audit_links').select('event_id').where(sql<boolean>`event_id = any(${parameter.ids}::uuid[])`),
)

const listVanished = prepare<{ chainId: string; limit: number }>()(parameter =>
  queries
    .selectFrom('audit_unsealed as u')
    .select('u.event_id')
    .where('u.chain_id', '=', parameter.chainId)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('audit_events as e').select('e.id').whereRef('e.id', '=', 'u.event_id'))),
    )
    .limit(sql<number>`${parameter.limit}::bigint`),
)

const noId = installationChain
export function createAuditLogRepository(scope: SqlScope, vault: Vault): AuditLogRepository {
  return {
    async listWorkspaceChains(after, limit) {
      const rows = await scope.run(listChains, { after: after ?? noId, limit })
      return rows.map(({ chain_id: chainId, position, link }) => ({ chainId, position, link }))
    },

    async findHead(chainId) {
      const [row] = await scope.run(findHead, { chainId })
      return row && { chainId: row.chain_id, position: row.position, link: row.link }
    },

    async listEntries(chainId, after, limit) {
      const links = await scope.run(listLinks, { chainId, after, limit })
      const rows = links.length === 0 ? [] : await scope.run(findEvents, { ids: links.map(({ event_id }) => event_id) })
      const found = new Map(rows.map(row => [row.id, row]))
      const entries: ChainEntry[] = []
      for (const { position, event_id: eventId, link } of links) {
        const row = found.get(eventId)
        entries.push({
          chainId,
          position,
          eventId,
          link,
          event: row && (await openEvent(vault, row)),
        })
      }
      return entries
    },

    async listStrays(chainId, after, limit) {
      const eventId = after?.eventId ?? noId
      const page =
        chainId === installationChain
          ? await scope.run(listAll, { eventId, limit })
          : await scope.run(listOfWorkspace, { workspaceId: chainId, moment: after?.occurredAt ?? '-infinity', eventId, limit })
      const last = page.at(-1)
      if (last === undefined) return { eventIds: [], next: undefined }
      const ids = page.filter(row => (row.workspace_id ?? installationChain) === chainId).map(({ id }) => id)
      // In this order: what was sealed in between is seen as the one or as the other.
      const [unsealed, linked] = await Promise.all([scope.run(findUnsealed, { ids }), scope.run(findLinked, { ids })])
      const known = new Set([...unsealed, ...linked].map(({ event_id }) => event_id))
      return { eventIds: ids.filter(id => !known.has(id)), next: { occurredAt: last.occurred_at, eventId: last.id } }
    },

    async listVanished(chainId, limit) {
      return (await scope.run(listVanished, { chainId, limit })).map(({ event_id }) => event_id)
    },
  }
}
