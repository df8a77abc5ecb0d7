import { isId } from '../kernel/ids.ts'
import { secondsAfter } from '../kernel/clock.ts'
import type { AuditSearch } from '../ports/audit-events.ts'

const daySeconds = 86_400
const names = ['action', 'actor', 'person', 'from', 'until'] as const

/** What a log is narrowed to, as the page's address says it: ids, never addresses, since an address is kept in histories. */
export type AuditFilters = Partial<Record<(typeof names)[number], string>>

/** What is none of it is left out. */
export function readFilters(query: Record<string, unknown>): AuditFilters {
  const filters: AuditFilters = {}
  for (const name of names) {
    const value = query[name]
    if (typeof value === 'string' && isMeant(name, value)) filters[name] = value
  }
  return filters
}

/** The same as an address goes on with it. */
export function writeFilters(filters: AuditFilters, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({ ...filters, ...more }).toString()
  return query === '' ? '' : `?${query}`
}

/** Days are whole days, in UTC, the last one too. */
export function searchFor({ action, actor, person, from, until }: AuditFilters): AuditSearch {
  return {
    action,
    actor: actor && `user:${actor}`,
    userId: person,
    from: from === undefined ? undefined : new Date(`${from}T00:00:00Z`),
    until: until === undefined ? undefined : secondsAfter(new Date(`${until}T00:00:00Z`), daySeconds),
  }
}

export function isDay(text: string): boolean {
  if (!/^[12]\d{3}-\d\d-\d\d$/.test(text)) return false
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

function isMeant(name: (typeof names)[number], value: string): boolean {
  if (name === 'action') return /^[a-z-]{1,40}(\.[a-z-]{1,40}){1,3}$/.test(value)
  return name === 'from' || name === 'until' ? isDay(value) : isId(value)
}
