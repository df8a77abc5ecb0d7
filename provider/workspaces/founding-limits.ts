import type { Limit } from '../http/limits.ts'

/** How often workspaces are founded from one place, whichever page leads there. */
export const foundingLimits: Limit[] = [{ name: 'founding-workspaces', by: 'address', points: 30, windowSeconds: 3600 }]
