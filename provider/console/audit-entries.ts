import { consoleHref } from '../../views/console/console-page.tsx'
import type { AuditEntry, Party } from '../../views/console/audit-log.tsx'
import type { AppRegistry } from '../apps/registry.ts'
import type { FoundEvent } from '../ports/audit-events.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { MemberRecord } from '../ports/workspace-records.ts'

/** What is shown by itself, or says nothing to anybody. */
const shownElsewhere: ReadonlySet<string> = new Set(['actor', 'before', 'after'])

/** The members whom events name, as far as they are members still. */
export async function findNamedMembers(
  { members }: Repositories,
  workspaceId: string,
  events: readonly FoundEvent[],
): Promise<Map<string, MemberRecord>> {
  const ids = new Set(events.flatMap(({ actor, target, userId }) => [userIdIn(actor), userIdIn(target), userId ?? []].flat()))
  const found = await Promise.all([...ids].map(id => members.find(workspaceId, id)))
  return new Map(found.flatMap(member => (member === undefined ? [] : [[member.userId, member] as const])))
}

/** Events as their page shows them: names in place of ids, and of a change what differs. */
export async function describeEvents(
  events: readonly FoundEvent[],
  { slug, members, registry }: { slug: string; members: ReadonlyMap<string, MemberRecord>; registry: AppRegistry },
): Promise<AuditEntry[]> {
  async function describeParty(name: string | undefined): Promise<Party | undefined> {
    if (name === undefined) return undefined
    const colon = name.indexOf(':')
    const [kind, id] = [name.slice(0, colon), name.slice(colon + 1)]
    if (kind === 'user') {
      const member = members.get(id)
      if (member === undefined) return { kind: 'gone', id }
      return { kind: 'person', address: member.address, href: consoleHref(slug, `/members/${id}`) }
    }
    if (kind === 'app') return { kind: 'app', name: (await registry.find(id))?.metadata.client_name ?? id }
    if (kind === 'system') return { kind: 'installation' }
    // Whose log it is, everybody knows who reads it.
    return kind === 'workspace' ? undefined : { kind: 'other', name }
  }

  return Promise.all(
    events.map(async ({ action, occurredAt, actor, target, disclosure }) => {
      const values = disclosure.kind === 'open' ? disclosure.disclosures : {}
      const facts = Object.entries(values).map(([name, { value }]) => ({ name, value }))
      return {
        action,
        at: occurredAt,
        actor: await describeParty(actor),
        target: await describeParty(target),
        changes: listChanges(values['before']?.value, values['after']?.value),
        facts: facts.filter(({ name }) => !shownElsewhere.has(name)),
        unreadable: disclosure.kind === 'open' ? undefined : disclosure.kind,
      }
    }),
  )
}

function userIdIn(party: string | undefined): string[] {
  return party?.startsWith('user:') ? [party.slice('user:'.length)] : []
}

function listChanges(before: string | undefined, after: string | undefined): AuditEntry['changes'] {
  const [old, fresh] = [readState(before), readState(after)]
  const fields = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].toSorted()
  return fields
    .map(field => ({ field, before: writeValue(old[field]), after: writeValue(fresh[field]) }))
    .filter(({ before: was, after: is }) => was !== is)
}

function readState(text: string | undefined): Record<string, unknown> {
  const state: unknown = text === undefined ? {} : JSON.parse(text)
  return typeof state === 'object' && state !== null ? { ...state } : {}
}

function writeValue(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  return Array.isArray(value) && value.every(each => typeof each === 'string') ? value.join(', ') : JSON.stringify(value)
}
