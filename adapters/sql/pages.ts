import { type Expression, type RawBuilder, sql } from 'kysely'
import type { PageRequest } from '../../provider/ports/workspace-repositories.ts'
import type { Placeholders } from './statement.ts'

export interface PageParameters {
  moment: Date | '-infinity'
  id: string
  limit: number
}

const lowestId = '00000000-0000-0000-0000-000000000000'

export function describePage({ after, limit }: PageRequest): PageParameters {
  return { moment: after?.moment ?? '-infinity', id: after?.id ?? lowestId, limit }
}

/** Whether a row comes after the one that the page before ended with, in the order of these two columns. */
export function isAfter(
  moment: string,
  id: string,
  page: Placeholders<Pick<PageParameters, 'moment' | 'id'>>,
): RawBuilder<boolean> {
  return sql<boolean>`(${sql.ref(moment)}, ${sql.ref(id)}) > (${page.moment}::timestamptz, ${page.id}::uuid)`
}

export function limitTo({ limit }: { limit: Expression<number> }): RawBuilder<number> {
  return sql<number>`${limit}::bigint`
}
