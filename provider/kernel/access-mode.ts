/** Why code may look across workspaces. Closed: a new reason is a decision, not a string. */
export const systemReasons = [
  'start', // opening the installation: keys, apps from the config file
  'migration',
  'sign-in', // before a proof there is no user and no workspace
  'protocol', // a request names a token or an API key, and that names the tenant
  'job',
  'command-line',
  'deleted-workspace', // the log of a workspace that is no more is opened, for as long as its key is kept
  'founding', // a workspace that is being made has nobody in it yet
  'invitation', // whoever is invited is no member yet
  'factor-reset', // a member's factors are not the workspace's alone: what other workspaces rely on is looked at first
  'system-api', // an app of the installation's operator, which has no workspace
  'doctor',
] as const

export type SystemReason = (typeof systemReasons)[number]

/** Who acts, as the audit log names them. */
export type Actor =
  | { kind: 'user'; userId: string }
  | { kind: 'app'; clientId: string }
  | { kind: 'api-key'; apiKeyId: string }
  | { kind: 'system'; reason: SystemReason }

/** The same in one word, to be found by: `user:<id>`, `app:<client id>`, `api-key:<id>` or `system:<reason>`. */
export function nameActor(actor: Actor): string {
  switch (actor.kind) {
    case 'user':
      return `user:${actor.userId}`
    case 'app':
      return `app:${actor.clientId}`
    case 'api-key':
      return `api-key:${actor.apiKeyId}`
    case 'system':
      return `system:${actor.reason}`
  }
}

/**
 * On whose behalf code touches data. Nothing reads or writes without one; the database enforces it again by row-level security.
 */
export type AccessMode =
  | { kind: 'workspace'; workspaceId: string; actor: Actor }
  | { kind: 'self'; userId: string }
  | { kind: 'system'; reason: SystemReason }
