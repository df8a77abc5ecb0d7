import { sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { AuditCursor, AuditEventRepository, AuditSearch, FoundEvent } from '../../../provider/ports/audit-events.ts'
import type { SqlScope, Statement } from '../database.ts'
import { prepare } from '../statement.ts'
import { canBeKept } from '../values.ts'
import type { Vault } from '../vault.ts'
import { isActivity } from './audit-disclosures.ts'
import { type EventRow, eventQuery, openEvent } from './found-events.ts'

/** By what a search can be narrowed, with its column. Each has an index of a workspace's log. */
const filters = { actor: 'actor', action: 'action', target: 'target', userId: 'user_id' } as const

type Filter = keyof typeof filters

interface Parameters extends Record<Filter, string> {
  owner: string
  from: Date | '-infinity'
  beforeMoment: Date | 'infinity'
  beforeId: string
  limit: number
}

const statements = new Map<string, Statement<Parameters, EventRow>>()

/** One for each set of filters: a condition that may or may not hold would keep Postgres from using an index for it. */
function findStatement(owner: 'workspace_id' | 'user_id', given: readonly Filter[]): Statement<Parameters, EventRow> {
  const name = [owner, ...given].join(' ')
  const known = statements.get(name)
  if (known) return known
  const made = prepare<Parameters>()(parameter =>
    eventQuery()
      .where(`e.${owner}`, '=', parameter.owner)
      .where(owner === 'user_id' ? sql<boolean>`${isActivity} and e.workspace_id is null` : sql<boolean>`true`)
      .where(({ and, eb }) => and(given.map(filter => eb(`e.${filters[filter]}`, '=', parameter[filter]))))
      // Bare: of what could tell a row that the policy hides, such as an expression, Postgres makes no condition of an index.
      .where('e.occurred_at', '>=', sql<Date>`${parameter.from}`)
      .where(sql<boolean>`(e.occurred_at, e.id) < (${parameter.beforeMoment}, ${parameter.beforeId})`)
      .orderBy('e.occurred_at', 'desc')
      .orderBy('e.id', 'desc')
      .limit(sql<number>`${parameter.limit}::bigint`),
  )
  statements.set(name, made)
  return made
}

const firstId = '00000000-0000-0000-0000-000000000000'

export function createAuditSearch(scope: SqlScope, vault: Vault): Pick<AuditEventRepository, 'searchWorkspace' | 'searchUser'> {
  async function search(
    column: 'workspace_id' | 'user_id',
    owner: string,
    { actor = '', action = '', target = '', userId = '', from, until }: AuditSearch,
    limit: number,
    before: AuditCursor | undefined,
  ): Promise<FoundEvent[]> {
    const values = { actor, action, target, userId }
    // The record's own keys are the filters.
    const given = (Object.keys(filters) as Filter[]).filter(filter => values[filter] !== '')
    const canBeFound = [owner, ...(userId === '' ? [] : [userId]), ...(before ? [before.eventId] : [])].every(isId)
    if (!canBeFound || !Object.values(values).every(canBeKept)) return []
    // Whatever is earlier bounds the page from above. At one moment, no id comes before the first one.
    const isCursorEarlier = before !== undefined && (until === undefined || before.occurredAt < until)
    const rows = await scope.run(findStatement(column, given), {
      ...values,
      owner,
      from: from ?? '-infinity',
      beforeMoment: isCursorEarlier ? before.occurredAt : (until ?? 'infinity'),
      beforeId: isCursorEarlier ? before.eventId : firstId,
      limit,
    })
    return Promise.all(rows.map(row => openEvent(vault, row)))
  }

  return {
    searchWorkspace: (workspaceId, given, limit, before) => search('workspace_id', workspaceId, given, limit, before),
    searchUser: (userId, given, limit, before) => search('user_id', userId, given, limit, before),
  }
}
