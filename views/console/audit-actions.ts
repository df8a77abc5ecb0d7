import type { Speaker } from '../messages.ts'

/** What a workspace's log tells of in words; what came later, or from elsewhere, has the name that it has in the log. */
export const auditActions = [
  'workspace.created',
  'workspace.changed',
  'set-up.used',
  'requirement.reminded',
  'membership.added',
  'membership.changed',
  'membership.removed',
  'invitation.sent',
  'invitation.revoked',
  'invitation.accepted',
  'role.created',
  'role.changed',
  'role.deleted',
  'members.viewed',
  'member.viewed',
  'audit-log.viewed',
  'token.issued',
  'refresh-token.rotated',
  'refresh-token.reused',
  'access-token.revoked',
  'grant.created',
  'grant.changed',
  'grant.revoked',
  'consent.given',
  'consent.refused',
  'factors.reset',
  'access-pass.made',
  'access-pass.used',
  'access-pass.refused',
  'api-key.created',
  'api-key.deleted',
  'audit-log.exported',
  'data-key.renewed',
  'data-key.old-dropped',
] as const

/** An action of the log in words. */
export function actionName(action: string, { say }: Speaker): string {
  const known = auditActions.find(each => each === action)
  return known ? say(`console.action.${known}`) : action
}
