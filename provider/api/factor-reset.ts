import { z } from 'zod'
import { exampleLater } from './example-ids.ts'
import type { ApiRoute } from './operation.ts'
import type { ApiParts } from './parts.ts'
import { moment } from './schemas.ts'

const passAnswer = z.strictObject({
  pass: z.string().describe('The temporary access pass, shown this once: for one sign-in, beside the mailbox.'),
  expires_at: moment,
})

/** Resetting what a member signs in with, as on their page in the workspace. */
export function factorResetRoutes({ workspaceRoute, resetFactors }: ApiParts): ApiRoute[] {
  return [
    workspaceRoute({
      method: 'POST',
      path: '/workspaces/:workspace/members/:member/reset',
      id: 'resetMember',
      about: 'Members',
      summary: 'Take away what a member has lost and signs in with, and make a temporary access pass in its place',
      description:
        'Passkeys, authenticator apps and recovery codes are gone, all sessions end, and both are told by mail. For a member who may do no more than whoever calls and belongs to no other workspace; never for oneself. No key is enough.',
      permission: 'members.manage',
      peopleOnly: true,
      fresh: true,
      resetsFactors: true,
      status: 200,
      answer: passAnswer,
      example: { answer: { pass: 'K7QM-2XHD-9TRB-4WEN', expires_at: exampleLater } },
      async handler({ repositories, authority, circumstances, facts, params: { member: userId } }) {
        const { pass, expiresAt } = await resetFactors(repositories, authority, { userId }, { circumstances, facts })
        return { body: { pass, expires_at: expiresAt.toISOString() } }
      },
    }),
  ]
}
