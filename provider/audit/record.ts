import { randomBytes } from 'node:crypto'
import type { RequestFacts } from '../http/context.ts'
import { type Actor, nameActor } from '../kernel/access-mode.ts'
import type { Clock } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import type { AuditEventRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { canonicalJson } from './canonical-json.ts'
import { type AuditEvent, type AuditedState, catalogue, targetKinds } from './catalogue.ts'
import { commit, saltBytes } from './commitment.ts'

/** Under which an event happened. `ip` and the two after it are undefined where no request was the occasion. */
export interface Circumstances {
  actor: Actor
  ip: string | undefined
  userAgent: string | undefined
  requestId: string | undefined
  clock: Clock
}

/** The circumstances of what somebody's request does. */
export function ofRequest({ ip, userAgent, id }: RequestFacts, actor: Actor, clock: Clock): Circumstances {
  return { actor, ip, userAgent, requestId: id, clock }
}

/** The circumstances of what the installation does by itself. */
export function withoutRequest(actor: Actor, clock: Clock): Circumstances {
  return { actor, ip: undefined, userAgent: undefined, requestId: undefined, clock }
}

/** Writes the event into the transaction of the change that it tells of: both are kept, or neither. */
export async function recordEvent(
  repositories: { auditEvents: Pick<Repositories['auditEvents'], 'append'> },
  event: AuditEvent,
  circumstances: Circumstances,
): Promise<void> {
  await repositories.auditEvents.append([buildEvent(event, circumstances)])
}

/** The event as it is kept: a salted commitment for each field, and beside it what opens it. */
export function buildEvent(event: AuditEvent, circumstances: Circumstances): AuditEventRecord {
  const values = Object.entries(valuesOf(event, circumstances))
  const salts = randomBytes(saltBytes * values.length)
  const commitments: AuditEventRecord['commitments'] = {}
  const disclosures: AuditEventRecord['disclosures'] = {}
  for (const [index, [name, value]] of values.entries()) {
    const salt = salts.subarray(index * saltBytes, (index + 1) * saltBytes)
    commitments[name] = commit(salt, name, value)
    disclosures[name] = { salt: salt.toString('base64url'), value }
  }
  return {
    id: newId(),
    workspaceId: event.workspaceId,
    userId: event.userId,
    action: event.action,
    occurredAt: circumstances.clock(),
    actor: nameActor(circumstances.actor),
    target: nameTarget(event),
    commitments,
    disclosures,
  }
}

/** What was acted upon: what the catalogue says, or else the person, or else the workspace. */
function nameTarget(event: AuditEvent): string | undefined {
  const definition = catalogue[event.action]
  if ('target' in definition) {
    const given: Record<string, unknown> = event
    return `${targetKinds[definition.target]}:${String(given[definition.target])}`
  }
  if (event.userId !== undefined) return `user:${event.userId}`
  return event.workspaceId === undefined ? undefined : `workspace:${event.workspaceId}`
}

function valuesOf(event: AuditEvent, { actor, ip, userAgent, requestId }: Circumstances): Record<string, string> {
  const values: Record<string, string> = { actor: canonicalJson(actor) }
  const given: Record<string, unknown> = event
  for (const name of catalogue[event.action].fields) {
    const value = given[name]
    if (typeof value !== 'string') throw new TypeError(`The audit event ${event.action} lacks its field ${name}.`)
    values[name] = value
  }
  if (ip !== undefined) values.ip = ip
  if (userAgent !== undefined) values.user_agent = userAgent
  if (requestId !== undefined) values.request_id = requestId
  const { before, after } = changedFields(event.before, event.after)
  if (before) values.before = canonicalJson(before)
  if (after) values.after = canonicalJson(after)
  return values
}

/** Of a change, the fields that differ; of a beginning or an end, all. */
function changedFields(before?: AuditedState, after?: AuditedState): { before?: AuditedState; after?: AuditedState } {
  if (!before || !after) return { ...(before && { before }), ...(after && { after }) }
  const differs = (name: string) => canonicalJson([before[name]]) !== canonicalJson([after[name]])
  const keepDiffering = (state: AuditedState) => Object.fromEntries(Object.entries(state).filter(([name]) => differs(name)))
  return { before: keepDiffering(before), after: keepDiffering(after) }
}
