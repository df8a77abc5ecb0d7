/** What a target is called, by the field that names it: `kind:id` is what events are found by. */
export const targetKinds = {
  address_id: 'address',
  api_key_id: 'api-key',
  attempt_id: 'attempt',
  claim_id: 'address-claim',
  client_id: 'app',
  deleted_workspace_id: 'workspace',
  device_id: 'totp-device',
  erased_user_id: 'user',
  identity_id: 'upstream-identity',
  kid: 'key',
  message_id: 'mail',
  passkey_id: 'passkey',
  session_uid: 'session',
} as const

/**
 * Every kind of event that the audit log knows: whom it concerns, the names of its fields, and whether it shows what was
 * before, after, or both. Nothing secret is a field: ids, names and reasons, never a token or a code. Personal data is
 * welcome only where `user` is `always`, since it is that person's key that erases it.
 */
export const catalogue = {
  'attempt.started': { user: 'never', workspace: 'never', fields: ['attempt_id', 'client_id'], target: 'attempt_id' },
  'attempt.ended': { user: 'never', workspace: 'never', fields: ['attempt_id', 'client_id', 'reason'], target: 'attempt_id' },
  'email-challenge.sent': {
    user: 'never',
    workspace: 'never',
    fields: ['attempt_id', 'challenge_id', 'message_id'],
    target: 'attempt_id',
  },
  'email-challenge.withheld': { user: 'never', workspace: 'never', fields: ['attempt_id', 'challenge_id'], target: 'attempt_id' },
  'email-challenge.code-refused': {
    user: 'never',
    workspace: 'never',
    fields: ['attempt_id', 'challenge_id', 'reason'],
    target: 'attempt_id',
  },
  'email-challenge.link-refused': {
    user: 'never',
    workspace: 'never',
    fields: ['attempt_id', 'challenge_id', 'reason'],
    target: 'attempt_id',
  },
  'sign-in.proved': { user: 'sometimes', workspace: 'never', fields: ['attempt_id', 'client_id', 'method', 'factors'] },
  'sign-in.refused': { user: 'sometimes', workspace: 'never', fields: ['attempt_id', 'client_id', 'reason'] },
  'sign-in.completed': { user: 'always', workspace: 'never', fields: ['attempt_id', 'client_id', 'acr', 'amr'] },
  'passkey.added': { user: 'always', workspace: 'never', fields: ['passkey_id'], target: 'passkey_id', change: 'after' },
  'passkey.refused': {
    user: 'sometimes',
    workspace: 'never',
    fields: ['attempt_id', 'passkey_id', 'reason'],
    target: 'passkey_id',
  },
  // Its own counter, or what it says of itself, shows that there may be a copy.
  'passkey.suspected': {
    user: 'always',
    workspace: 'never',
    fields: ['attempt_id', 'passkey_id', 'reason'],
    target: 'passkey_id',
    change: 'after',
  },
  'totp-device.added': { user: 'always', workspace: 'never', fields: ['device_id'], target: 'device_id', change: 'after' },
  'totp.refused': { user: 'always', workspace: 'never', fields: ['attempt_id', 'reason'] },
  'recovery-codes.made': { user: 'always', workspace: 'never', fields: [] },
  'recovery-code.used': { user: 'always', workspace: 'never', fields: ['attempt_id'] },
  'recovery-code.refused': { user: 'always', workspace: 'never', fields: ['attempt_id', 'reason'] },
  // By an admin of that workspace: everything that the member had enrolled.
  'factors.reset': { user: 'always', workspace: 'always', fields: [], change: 'before' },
  'access-pass.made': { user: 'always', workspace: 'always', fields: ['expires_at'] },
  'access-pass.used': { user: 'always', workspace: 'always', fields: ['attempt_id'] },
  'access-pass.refused': { user: 'always', workspace: 'always', fields: ['attempt_id', 'reason'] },
  'user.created': { user: 'always', workspace: 'never', fields: [], change: 'after' },
  'user.changed': { user: 'always', workspace: 'never', fields: [], change: 'both' },
  'address.claimed': { user: 'always', workspace: 'never', fields: ['claim_id'], target: 'claim_id' },
  'address.added': { user: 'always', workspace: 'never', fields: ['address_id'], target: 'address_id', change: 'after' },
  'address.removed': { user: 'always', workspace: 'never', fields: ['address_id'], target: 'address_id', change: 'before' },
  'address.made-primary': { user: 'always', workspace: 'never', fields: ['address_id'], target: 'address_id', change: 'both' },
  'address.confirmed': { user: 'always', workspace: 'never', fields: [], change: 'after' },
  'passkey.renamed': { user: 'always', workspace: 'never', fields: ['passkey_id'], target: 'passkey_id', change: 'both' },
  'passkey.removed': { user: 'always', workspace: 'never', fields: ['passkey_id'], target: 'passkey_id', change: 'before' },
  'totp-device.renamed': { user: 'always', workspace: 'never', fields: ['device_id'], target: 'device_id', change: 'both' },
  'totp-device.removed': { user: 'always', workspace: 'never', fields: ['device_id'], target: 'device_id', change: 'before' },
  'recovery-codes.removed': { user: 'always', workspace: 'never', fields: [] },
  'upstream-identity.linked': {
    user: 'always',
    workspace: 'never',
    fields: ['identity_id'],
    target: 'identity_id',
    change: 'after',
  },
  'upstream-identity.unlinked': {
    user: 'always',
    workspace: 'never',
    fields: ['identity_id'],
    target: 'identity_id',
    change: 'before',
  },
  'consent.revoked': { user: 'always', workspace: 'never', fields: ['client_id'], target: 'client_id' },
  'account.exported': { user: 'always', workspace: 'never', fields: [] },
  'account.erasure-scheduled': { user: 'always', workspace: 'never', fields: [], change: 'both' },
  'account.erasure-cancelled': { user: 'always', workspace: 'never', fields: [], change: 'both' },
  // Of whom, but nothing else of them: their key is gone.
  'account.erased': { user: 'never', workspace: 'never', fields: ['erased_user_id'], target: 'erased_user_id' },
  'workspace.created': { user: 'sometimes', workspace: 'always', fields: [], change: 'after' },
  // The link by which a new installation is set up: made, and used by whoever became the Admin of that workspace.
  'set-up.opened': { user: 'never', workspace: 'never', fields: [] },
  'set-up.used': { user: 'always', workspace: 'always', fields: [] },
  'workspace.changed': { user: 'never', workspace: 'always', fields: [], change: 'both' },
  // Of which, in the installation's log: its own ends here.
  'workspace.deleted': {
    user: 'never',
    workspace: 'never',
    fields: ['deleted_workspace_id'],
    target: 'deleted_workspace_id',
  },
  // Nothing opens its log from then on.
  'workspace.key-destroyed': {
    user: 'never',
    workspace: 'never',
    fields: ['deleted_workspace_id'],
    target: 'deleted_workspace_id',
  },
  // Personal data of others was looked at: how many of a list, or one of them.
  'members.viewed': { user: 'never', workspace: 'always', fields: ['list', 'shown'] },
  'member.viewed': { user: 'always', workspace: 'always', fields: [] },
  'audit-log.viewed': { user: 'never', workspace: 'always', fields: ['shown'] },
  // So many of its members, so many days before it requires more of them.
  'requirement.reminded': { user: 'never', workspace: 'always', fields: ['days', 'reminded'], change: 'after' },
  'membership.changed': { user: 'always', workspace: 'always', fields: [], change: 'both' },
  'membership.removed': { user: 'always', workspace: 'always', fields: ['reason'], change: 'before' },
  'invitation.sent': { user: 'never', workspace: 'always', fields: ['invitation_id'], change: 'after' },
  'invitation.revoked': { user: 'never', workspace: 'always', fields: ['invitation_id'] },
  'invitation.accepted': { user: 'always', workspace: 'always', fields: ['invitation_id'] },
  'role.created': { user: 'never', workspace: 'always', fields: ['role'], change: 'after' },
  'role.changed': { user: 'never', workspace: 'always', fields: ['role'], change: 'both' },
  'role.deleted': { user: 'never', workspace: 'always', fields: ['role'], change: 'before' },
  'api-key.created': { user: 'never', workspace: 'always', fields: ['api_key_id'], target: 'api_key_id', change: 'after' },
  'api-key.deleted': { user: 'never', workspace: 'always', fields: ['api_key_id'], target: 'api_key_id', change: 'before' },
  'membership.added': { user: 'always', workspace: 'always', fields: [], change: 'after' },
  'session.created': { user: 'always', workspace: 'never', fields: ['session_uid'], target: 'session_uid' },
  'session.ended': { user: 'always', workspace: 'never', fields: ['session_uid', 'reason'], target: 'session_uid' },
  'grant.created': { user: 'always', workspace: 'sometimes', fields: ['client_id', 'grant_id', 'scope'], target: 'client_id' },
  'grant.changed': { user: 'always', workspace: 'sometimes', fields: ['client_id', 'grant_id', 'scope'], target: 'client_id' },
  'grant.revoked': { user: 'always', workspace: 'sometimes', fields: ['client_id', 'grant_id'], target: 'client_id' },
  'consent.given': { user: 'always', workspace: 'sometimes', fields: ['client_id', 'scope'], target: 'client_id' },
  'consent.refused': { user: 'always', workspace: 'sometimes', fields: ['client_id', 'scope'], target: 'client_id' },
  'token.issued': {
    user: 'sometimes',
    workspace: 'sometimes',
    fields: ['client_id', 'grant_type', 'scope', 'token_id'],
    target: 'client_id',
  },
  'refresh-token.rotated': {
    user: 'always',
    workspace: 'sometimes',
    fields: ['client_id', 'scope', 'token_id'],
    target: 'client_id',
  },
  'refresh-token.reused': { user: 'always', workspace: 'sometimes', fields: ['client_id', 'grant_id'], target: 'client_id' },
  'access-token.revoked': { user: 'sometimes', workspace: 'sometimes', fields: ['client_id', 'token_id'], target: 'client_id' },
  'back-channel-logout.delivered': {
    user: 'always',
    workspace: 'never',
    fields: ['client_id', 'session_uid'],
    target: 'session_uid',
  },
  'back-channel-logout.failed': {
    user: 'always',
    workspace: 'never',
    fields: ['client_id', 'session_uid', 'reason'],
    target: 'session_uid',
  },
  'app.registered': { user: 'never', workspace: 'never', fields: ['client_id', 'source'], target: 'client_id', change: 'after' },
  'app.changed': { user: 'never', workspace: 'never', fields: ['client_id', 'source'], target: 'client_id', change: 'both' },
  'app.removed': { user: 'never', workspace: 'never', fields: ['client_id', 'source'], target: 'client_id', change: 'before' },
  'signing-key.created': { user: 'never', workspace: 'never', fields: ['kid', 'algorithm', 'signs_from'], target: 'kid' },
  'signing-key.retired': { user: 'never', workspace: 'never', fields: ['kid', 'algorithm', 'retires_at'], target: 'kid' },
  'signing-key.removed': { user: 'never', workspace: 'never', fields: ['kid', 'algorithm'], target: 'kid' },
  'audit-key.created': { user: 'never', workspace: 'never', fields: ['kid'], target: 'kid' },
  'audit-log.exported': { user: 'never', workspace: 'sometimes', fields: ['format'] },
  'audit-log.of-deleted-exported': {
    user: 'never',
    workspace: 'never',
    fields: ['deleted_workspace_id', 'format'],
    target: 'deleted_workspace_id',
  },
  // What opens so many events of a class from before a moment was emptied.
  'retention.class-emptied': { user: 'never', workspace: 'never', fields: ['class', 'until', 'events'] },
  'retention.log-emptied': {
    user: 'never',
    workspace: 'never',
    fields: ['deleted_workspace_id', 'events'],
    target: 'deleted_workspace_id',
  },
  'mail.delivered': { user: 'never', workspace: 'never', fields: ['message_id'], target: 'message_id' },
  'mail.failed': { user: 'never', workspace: 'never', fields: ['message_id', 'reason'], target: 'message_id' },
  'data-key.rotation-requested': { user: 'never', workspace: 'never', fields: ['owner'] },
  // Of a person or of a workspace: one more generation, and later the old ones gone.
  'data-key.renewed': { user: 'sometimes', workspace: 'sometimes', fields: ['generation'] },
  'data-key.old-dropped': { user: 'sometimes', workspace: 'sometimes', fields: ['generation'] },
  // Moved under the master key that is named here.
  'data-keys.rewrapped': { user: 'never', workspace: 'never', fields: ['master_key', 'keys'] },
  'migration.applied': { user: 'never', workspace: 'never', fields: ['migration'] },
} as const satisfies Record<string, EventDefinition>

interface EventDefinition {
  /** Whether it concerns a person, under whose key it is kept, and a workspace, in whose log it stands. */
  readonly user: Presence
  readonly workspace: Presence
  readonly fields: readonly string[]
  /** Which of the fields names what was acted upon. Without it, it is the person, or the workspace. */
  readonly target?: keyof typeof targetKinds
  readonly change?: Change
}

type Presence = 'always' | 'sometimes' | 'never'
type Change = 'before' | 'after' | 'both'

type Catalogue = typeof catalogue
export type AuditAction = keyof Catalogue

/** An event in plain text, as its catalogue entry wants it: a field too few or too many is a compile error. */
export type AuditEvent = { [Action in AuditAction]: EventOf<Action, Catalogue[Action]> }[AuditAction]

type EventOf<Action extends AuditAction, Definition extends EventDefinition> = {
  action: Action
} & Record<Definition['fields'][number], string> &
  SubjectOf<'userId', Definition['user']> &
  SubjectOf<'workspaceId', Definition['workspace']> &
  ChangeOf<Definition extends { change: infer Kind } ? Kind : undefined>

type SubjectOf<Name extends string, Kind extends Presence> = Kind extends 'always'
  ? Record<Name, string>
  : Kind extends 'sometimes'
    ? Record<Name, string | undefined>
    : Partial<Record<Name, never>>

/** A state before or after; what did not change between the two is left out of the event. */
export type AuditedState = Record<string, unknown>

type ChangeOf<Kind> = Kind extends 'both'
  ? { before: AuditedState; after: AuditedState }
  : Kind extends 'before'
    ? { before: AuditedState; after?: never }
    : Kind extends 'after'
      ? { before?: never; after: AuditedState }
      : { before?: never; after?: never }
