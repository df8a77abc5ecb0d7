import type { PagePosition, PageRequest } from '../ports/workspace-repositories.ts'
import type { Cursors } from './cursors.ts'
import { readLimit } from './schemas.ts'

/** Answers a page of a list, named by what it lists and where: one row more than asked for is read, which tells whether there are more. */
export async function answerPage<Row, Item>(
  {
    cursors,
    list,
    query,
  }: { cursors: Cursors; list: string; query: { cursor?: string | undefined; limit?: string | undefined } },
  read: (page: PageRequest) => Promise<Row[]>,
  { positionOf, describe }: { positionOf(row: Row): PagePosition; describe(row: Row): Item },
): Promise<{ body: { items: Item[]; next_cursor: string | null } }> {
  const limit = readLimit(query)
  const after = query.cursor === undefined ? undefined : cursors.read(list, query.cursor)
  const rows = await read({ after, limit: limit + 1 })
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last !== undefined ? cursors.write(list, positionOf(last)) : null
  return { body: { items: shown.map(describe), next_cursor: next } }
}
