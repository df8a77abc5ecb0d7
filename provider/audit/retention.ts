import { type Clock, secondsAfter } from '../kernel/clock.ts'
import type { Repositories } from '../ports/repositories.ts'
import { type AuditAction, catalogue } from './catalogue.ts'
import { recordEvent, withoutRequest } from './record.ts'

type Topic = AuditAction extends infer Action ? (Action extends `${infer Before}.${string}` ? Before : never) : never

/** Of which class an event is, by what stands before the dot of its action. */
const classes = {
  'access-pass': 'workspaces',
  'access-token': 'tokens',
  account: 'accounts',
  address: 'accounts',
  'api-key': 'workspaces',
  app: 'installation',
  attempt: 'sign-ins',
  'audit-key': 'installation',
  'audit-log': 'installation',
  'back-channel-logout': 'sign-ins',
  consent: 'accounts',
  'data-key': 'installation',
  'data-keys': 'installation',
  'email-challenge': 'sign-ins',
  factors: 'workspaces',
  grant: 'tokens',
  invitation: 'workspaces',
  mail: 'sign-ins',
  member: 'workspaces',
  members: 'workspaces',
  membership: 'workspaces',
  migration: 'installation',
  passkey: 'accounts',
  'recovery-code': 'sign-ins',
  'recovery-codes': 'accounts',
  'refresh-token': 'tokens',
  requirement: 'workspaces',
  // Kept for good: where emptying them were said in turn, it would never end.
  retention: undefined,
  role: 'workspaces',
  session: 'sign-ins',
  'set-up': 'workspaces',
  'sign-in': 'sign-ins',
  'signing-key': 'installation',
  token: 'tokens',
  totp: 'sign-ins',
  'totp-device': 'accounts',
  'upstream-identity': 'accounts',
  user: 'accounts',
  workspace: 'workspaces',
} as const satisfies Record<Topic, string | undefined>

export type RetentionClass = Exclude<(typeof classes)[Topic], undefined>

const classNames = new Set(Object.values(classes).filter(name => name !== undefined))

/** For how many days what events of a class say can be read; without a number, for as long as the key that opens it is kept. */
export type RetentionDays = Readonly<Partial<Record<RetentionClass, number | undefined>>>

const daySeconds = 86_400

const actor = { kind: 'system', reason: 'job' } as const

export function actionsOf(name: RetentionClass): AuditAction[] {
  // The catalogue's own keys are the actions, and each begins with one of the topics.
  const actions = Object.keys(catalogue) as AuditAction[]
  return actions.filter(action => classes[action.slice(0, action.indexOf('.')) as Topic] === name)
}

/** For how long what audit events say can be read. */
export interface Retention {
  days: RetentionDays
  /** How long the log of a deleted workspace can be opened still, what is kept longer by its class excepted. */
  daysAfterDeletion: number
}

/**
 * Empties, in the caller's transaction, what opens events whose time was over when the day began (UTC), passing over at most `limit`
 * events of each class, and says so in the installation's log: once for each class, and so a few times a day. What was committed to
 * stays, and every chain is as whole as before. Answers the largest number passed over.
 */
export async function emptyOldEvents(
  repositories: Pick<Repositories, 'auditEvents'>,
  { days, clock, limit }: { days: RetentionDays; clock: Clock; limit: number },
): Promise<number> {
  const now = clock()
  let most = 0
  for (const name of classNames) {
    const kept = days[name]
    if (kept === undefined) continue
    const moment = beginningOfDay(secondsAfter(now, -kept * daySeconds))
    const retained = { class: name, actions: actionsOf(name), moment, limit }
    const { passed, emptied } = await repositories.auditEvents.emptyBefore(retained)
    most = Math.max(most, passed)
    const event = {
      action: 'retention.class-emptied',
      class: name,
      until: moment.toISOString(),
      events: String(emptied),
    } as const
    if (emptied > 0) await recordEvent(repositories, event, withoutRequest(actor, clock))
  }
  return most
}

/**
 * Goes on, in the caller's transaction, with a deleted workspace whose log was kept long enough: empties what opens the next `limit`
 * events at most, those too that stand under the keys of persons, and behind the last one destroys the key. The installation's log says
 * either. False where there is nothing to be done.
 */
export async function closeOldLogs(
  repositories: Pick<Repositories, 'auditEvents' | 'deletedWorkspaces'>,
  { days, daysAfterDeletion, clock, limit }: Retention & { clock: Clock; limit: number },
): Promise<boolean> {
  const { deletedWorkspaces } = repositories
  const kept = Math.max(...[...classNames].map(name => days[name] ?? daysAfterDeletion))
  const [id] = await deletedWorkspaces.listDeletedBefore(secondsAfter(clock(), -kept * daySeconds), 1)
  if (id === undefined) return false
  const circumstances = withoutRequest(actor, clock)
  const { passed, emptied } = await deletedWorkspaces.emptyEvents(id, limit)
  const event = { action: 'retention.log-emptied', deleted_workspace_id: id, events: String(emptied) } as const
  if (emptied > 0) await recordEvent(repositories, event, circumstances)
  if (passed < limit && (await deletedWorkspaces.destroyKey(id)))
    await recordEvent(repositories, { action: 'workspace.key-destroyed', deleted_workspace_id: id }, circumstances)
  return true
}

function beginningOfDay(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / (daySeconds * 1000)) * daySeconds * 1000)
}
