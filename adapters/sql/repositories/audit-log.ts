import { sql } from 'kysely'
import { type AuditLogRepository, type ChainEntry, installationChain } from '../../../provider/ports/audit-chain.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'
import { fromNullable } from '../values.ts'
import type { Vault } from '../vault.ts'
import { openDisclosures } from './audit-disclosures.ts'

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

const listEntries = prepare<{ chainId: string; after: number; limit: number }>()(parameter =>
  queries
    .selectFrom('audit_links as l')
    .leftJoin('audit_events as e', 'e.id', 'l.event_id')
    .leftJoin('user_keys as k', 'k.user_id', 'e.user_id')
    .select(['l.position', 'l.event_id', 'l.link'])
    .select(['e.workspace_id', 'e.user_id', 'e.action', 'e.occurred_at', 'e.actor', 'e.target', 'e.commitments'])
    .select(['e.disclosures_sealed', 'k.wrapped'])
    .where('l.chain_id', '=', parameter.chainId)
    .where('l.position', '>', sql<number>`${parameter.after}::bigint`)
    .orderBy('l.position')
    .limit(sql<number>`${parameter.limit}::bigint`),
)

/** Of a page of events, those in no chain and in no line for it, and the last one, from which the next page goes on. */
function prepareStrays(page: 'of a workspace' | 'of the installation') {
  return prepare<{ workspaceId: string; moment: Date | '-infinity'; eventId: string; limit: number }>()(parameter => {
    // The installation's have no index of their own: all events are walked over, and the others passed by.
    const rows =
      page === 'of a workspace'
        ? sql`where workspace_id = ${parameter.workspaceId} and (occurred_at, id) > (${parameter.moment}, ${parameter.eventId})
            order by occurred_at, id`
        : sql`where id > ${parameter.eventId} order by id`
    const statement = sql<{ id: string; occurred_at: Date; stray: boolean }>`
      with page as materialized (
        select id, workspace_id, occurred_at, row_number() over () as number
        from (select id, workspace_id, occurred_at from latchkey.audit_events ${rows} limit ${parameter.limit}::bigint) as ordered),
      checked as (
        select id, occurred_at, number, l.event_id is null and u.event_id is null ${
          page === 'of a workspace' ? sql`` : sql`and workspace_id is null`
        } as stray
        from page left join latchkey.audit_links as l on l.event_id = id left join latchkey.audit_unsealed as u on u.event_id = id)
      select id, occurred_at, stray from checked where stray or number = (select max(number) from page) order by number`
    return { compile: () => statement.compile(queries) }
  })
}

const listWorkspaceStrays = prepareStrays('of a workspace')
const listInstallationStrays = prepareStrays('of the installation')

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
      const rows = await scope.run(listEntries, { chainId, after, limit })
      const entries: ChainEntry[] = []
      for (const row of rows) {
        const { position, event_id: eventId, link, action, occurred_at: occurredAt, commitments, disclosures_sealed } = row
        const isGone = action === null || occurredAt === null || commitments === null || disclosures_sealed === null
        entries.push({
          chainId,
          position,
          eventId,
          link,
          event: isGone
            ? undefined
            : {
                id: eventId,
                workspaceId: fromNullable(row.workspace_id),
                userId: fromNullable(row.user_id),
                action,
                occurredAt,
                actor: fromNullable(row.actor),
                target: fromNullable(row.target),
                commitments,
                disclosure: await openDisclosures(vault, { ...row, id: eventId, disclosures_sealed }),
              },
        })
      }
      return entries
    },

    async listStrays(chainId, after, limit) {
      const rows = await scope.run(chainId === installationChain ? listInstallationStrays : listWorkspaceStrays, {
        workspaceId: chainId,
        moment: after?.occurredAt ?? '-infinity',
        eventId: after?.eventId ?? noId,
        limit,
      })
      const last = rows.at(-1)
      return {
        eventIds: rows.filter(({ stray }) => stray).map(({ id }) => id),
        next: last && { occurredAt: last.occurred_at, eventId: last.id },
      }
    },

    async listVanished(chainId, limit) {
      return (await scope.run(listVanished, { chainId, limit })).map(({ event_id }) => event_id)
    },
  }
}
