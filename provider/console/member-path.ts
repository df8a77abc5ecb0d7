import { z } from 'zod'

/** Of a workspace: where a member's own pages begin. */
export const memberPath = '/members/:userId'
export const memberParams = z.object({ userId: z.uuid() })
