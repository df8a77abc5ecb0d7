import { seconds } from './setting.ts'

/** How long things last, and how long they can be taken back. */
export const lifetimeSettings = {
  sessionIdleSeconds: seconds(
    'SESSION_IDLE_SECONDS',
    '43200',
    'A session ends when it has not been used for so long (12 hours).',
  ),
  sessionMaxSeconds: seconds(
    'SESSION_MAX_SECONDS',
    '2592000',
    'A session ends so long after its sign-in at the latest (30 days).',
  ),
  refreshIdleSeconds: seconds(
    'REFRESH_IDLE_SECONDS',
    '2592000',
    'A refresh token is good for so long after it was issued (30 days).',
  ),
  refreshMaxSeconds: seconds(
    'REFRESH_MAX_SECONDS',
    '7776000',
    'Refreshing ends so long after the sign-in at the latest (90 days).',
  ),
  erasureGraceSeconds: seconds(
    'ERASURE_GRACE_SECONDS',
    '1209600',
    'For so long after its person asked for it an account can be kept, then it is deleted (14 days).',
  ),
  accessPassSeconds: seconds(
    'ACCESS_PASS_SECONDS',
    '3600',
    'A temporary pass, which an Admin gets for a member whose ways to sign in they have reset, is good for so long (an hour).',
  ),
  invitationSeconds: seconds(
    'INVITATION_SECONDS',
    '604800',
    'For so long an invitation to a workspace can be accepted (7 days).',
  ),
  workspaceGraceSeconds: seconds(
    'WORKSPACE_GRACE_SECONDS',
    '2592000',
    'For so long after an admin asked for it a workspace can be kept, then it is deleted (30 days).',
  ),
}
