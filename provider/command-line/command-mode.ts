import type { AccessMode, Actor } from '../kernel/access-mode.ts'

/** Whoever can run the command line has the database and the master key already: it looks across workspaces, and says so. */
export const commandMode = { kind: 'system', reason: 'command-line' } as const satisfies AccessMode

/** As the audit log names it. */
export const commandActor = { kind: 'system', reason: 'command-line' } as const satisfies Actor
