import type { AccessMode, Actor } from '../kernel/access-mode.ts'

/** Whoever can run the command line has the database and the master key already: it looks across workspaces, and says so. */
export const commandMode = { kind: 'system', reason: 'command-line' } as const satisfies AccessMode

/** As the audit log names it. */
export const commandActor = { kind: 'system', reason: 'command-line' } as const satisfies Actor

/** The same, for the log of a workspace that is no more: its key opens for nobody else. */
export const deletedWorkspaceMode = { kind: 'system', reason: 'deleted-workspace' } as const satisfies AccessMode
