import { isId } from '../kernel/ids.ts'
import type { PagePosition, PageRequest } from '../ports/workspace-repositories.ts'

/** So many of a list stand on one page. */
export const rowsOfAPage = 50

/** Where in a list a page begins, as its address says it. What is no such place is the beginning. */
export function readPlace(text: unknown): PagePosition | undefined {
  if (typeof text !== 'string') return undefined
  const [written = '', id = ''] = text.split('_')
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(written) || !isId(id)) return undefined
  const moment = new Date(written)
  return Number.isNaN(moment.getTime()) ? undefined : { moment, id }
}

/** The same, for an address. */
export function writePlace({ moment, id }: PagePosition): string {
  return `${moment.toISOString()}_${id}`
}

/** A page of a list and, where there is more, what leads to the next one; one more than is shown is asked for. */
export async function readPage<Row>(
  text: unknown,
  list: (request: PageRequest) => Promise<Row[]>,
  placeOf: (row: Row) => PagePosition,
): Promise<{ rows: Row[]; next: string | undefined; isFirst: boolean }> {
  const after = readPlace(text)
  const found = await list({ after, limit: rowsOfAPage + 1 })
  const rows = found.slice(0, rowsOfAPage)
  const last = rows.at(-1)
  const next = found.length > rows.length && last !== undefined ? writePlace(placeOf(last)) : undefined
  return { rows, next, isFirst: after === undefined }
}
