import { sql } from 'kysely'
import { type AuditChainRepository, installationChain } from '../../../provider/ports/audit-chain.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'
import { fromNullable } from '../values.ts'

// Any number that no other lock of this database has.
const sequencerLock = 4_201_650_121

const tryLock = prepare<object>()(() =>
  queries.selectNoFrom(sql<boolean>`pg_try_advisory_xact_lock(${sql.lit(sequencerLock)})`.as('taken')),
)

// In the order of their ids, which is that of time. What was deleted before it was sealed stays listed, for the verifier to tell.
const listUnsealed = prepare<{ limit: number }>()(parameter =>
  queries
    .selectFrom('audit_unsealed as u')
    .innerJoin('audit_events as e', 'e.id', 'u.event_id')
    .select(['e.id', 'e.workspace_id', 'e.user_id', 'e.action', 'e.occurred_at', 'e.actor', 'e.target', 'e.commitments'])
    .orderBy('u.event_id')
    .limit(sql<number>`${parameter.limit}::bigint`),
)

const hasUnsealed = prepare<object>()(() =>
  queries.selectNoFrom(({ exists, selectFrom }) => exists(selectFrom('audit_unsealed').select('event_id')).as('some')),
)

const lockHeads = prepare<{ chainIds: readonly string[] }>()(parameter =>
  queries
    .selectFrom('audit_chains')
    .select(['chain_id', 'position', 'link'])
    .where(sql<boolean>`chain_id = any(${parameter.chainIds}::uuid[])`)
    .orderBy('chain_id')
    .forUpdate(),
)

// Lists, so that one statement serves any number of rows. Bytes travel as hex, which an array of texts can carry.
const insertLinks = prepare<{ chains: string[]; positions: string[]; events: string[]; links: string[] }>()(parameter => {
  const rows = sql`select chain_id, position, event_id, decode(link, 'hex')
    from unnest(${parameter.chains}::uuid[], ${parameter.positions}::bigint[], ${parameter.events}::uuid[], ${parameter.links}::text[])
      as given (chain_id, position, event_id, link)`
  const statement = sql`insert into latchkey.audit_links (chain_id, position, event_id, link) ${rows}`
  return { compile: () => statement.compile(queries) }
})

const moveHeads = prepare<{ chains: string[]; positions: string[]; links: string[] }>()(parameter => {
  const rows = sql`select chain_id, position, decode(link, 'hex')
    from unnest(${parameter.chains}::uuid[], ${parameter.positions}::bigint[], ${parameter.links}::text[]) as given (chain_id, position, link)`
  const statement = sql`insert into latchkey.audit_chains (chain_id, position, link) ${rows}
    on conflict (chain_id) do update set position = excluded.position, link = excluded.link`
  return { compile: () => statement.compile(queries) }
})

const markSealed = prepare<{ events: string[] }>()(parameter =>
  queries.deleteFrom('audit_unsealed').where(sql<boolean>`event_id = any(${parameter.events}::uuid[])`),
)

const countUnsealed = prepare<{ chainId: string }>()(parameter =>
  queries.selectFrom('audit_unsealed').select(sql<number>`count(*)`.as('count')).where('chain_id', '=', parameter.chainId),
)

export function createAuditChainRepository(scope: SqlScope): AuditChainRepository {
  return {
    async takeUnsealed(limit) {
      const [[lock], rows] = await Promise.all([scope.run(tryLock, {}), scope.run(listUnsealed, { limit })])
      if (!lock?.taken) return undefined
      return rows.map(row => ({
        chainId: row.workspace_id ?? installationChain,
        id: row.id,
        userId: fromNullable(row.user_id),
        action: row.action,
        occurredAt: row.occurred_at,
        actor: fromNullable(row.actor),
        target: fromNullable(row.target),
        commitments: row.commitments,
      }))
    },

    async hasUnsealed() {
      const [row] = await scope.run(hasUnsealed, {})
      return Boolean(row?.some)
    },

    async lockHeads(chainIds) {
      const rows = await scope.run(lockHeads, { chainIds })
      return rows.map(({ chain_id: chainId, position, link }) => ({ chainId, position, link }))
    },

    async append(links, heads) {
      await scope.post(insertLinks, {
        chains: links.map(({ chainId }) => chainId),
        positions: links.map(({ position }) => String(position)),
        events: links.map(({ eventId }) => eventId),
        links: links.map(({ link }) => link.toString('hex')),
      })
      await scope.post(moveHeads, {
        chains: heads.map(({ chainId }) => chainId),
        positions: heads.map(({ position }) => String(position)),
        links: heads.map(({ link }) => link.toString('hex')),
      })
      await scope.post(markSealed, { events: links.map(({ eventId }) => eventId) })
    },

    async countUnsealed(chainId) {
      const [row] = await scope.run(countUnsealed, { chainId })
      return row?.count ?? 0
    },
  }
}
