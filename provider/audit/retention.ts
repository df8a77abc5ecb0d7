import { type Clock, secondsAfter } from '../kernel/clock.ts'
import type { Repositories } from '../ports/repositories.ts'
import { type AuditAction, catalogue } from './catalogue.ts'

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
  role: 'workspaces',
  session: 'sign-ins',
  'sign-in': 'sign-ins',
  'signing-key': 'installation',
  token: 'tokens',
  totp: 'sign-ins',
  'totp-device': 'accounts',
  'upstream-identity': 'accounts',
  user: 'accounts',
  workspace: 'workspaces',
} as const satisfies Record<Topic, string>

export type RetentionClass = (typeof classes)[Topic]

/** For how many days what events of a class say can be read; without a number, for as long as the key that opens it is kept. */
export type RetentionDays = Readonly<Partial<Record<RetentionClass, number | undefined>>>

const daySeconds = 86_400

export function actionsOf(name: RetentionClass): AuditAction[] {
  // The catalogue's own keys are the actions, and each begins with one of the topics.
  const actions = Object.keys(catalogue) as AuditAction[]
  return actions.filter(action => classes[action.slice(0, action.indexOf('.')) as Topic] === name)
}

/**
 * Empties, in the caller's transaction, what opens events whose time is over, passing over at most `limit` events of each class;
 * answers the largest number passed over. What was committed to stays, and the chain is as whole as before.
 */
export async function emptyOldEvents(
  { auditEvents }: Pick<Repositories, 'auditEvents'>,
  { days, clock, limit }: { days: RetentionDays; clock: Clock; limit: number },
): Promise<number> {
  const now = clock()
  let most = 0
  for (const name of new Set(Object.values(classes))) {
    const kept = days[name]
    if (kept === undefined) continue
    const moment = secondsAfter(now, -kept * daySeconds)
    most = Math.max(most, await auditEvents.emptyBefore({ class: name, actions: actionsOf(name), moment, limit }))
  }
  return most
}
