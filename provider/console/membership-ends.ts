import { accountOutcomes } from '../../views/account/account-page.tsx'
import { describeOutcomes } from '../http/outcome.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { endMembership, transferWorkspace } from '../workspaces/members.ts'
import { confirmedRoutes } from './confirmation.ts'
import { memberParams, memberPath } from './member-path.ts'
import type { ConsoleParts } from './surroundings.ts'
import { findMember } from '../workspaces/membership.ts'

const ofAccount = describeOutcomes(accountOutcomes)

/** How memberships end, and how a workspace comes into other hands. */
export function membershipEndRoutes(parts: ConsoleParts): Route[] {
  return [
    ...confirmedRoutes(parts, {
      path: `${memberPath}/remove`,
      params: memberParams,
      section: 'members',
      permission: 'members.manage',
      question: 'remove-member',
      outcome: 'member-removed',
      back: () => '/members',
      find: async (repositories, { authority, params, user }) => {
        // Whoever goes by themselves is asked another question.
        if (params.userId === user.id) throw new AppError('not-found')
        return { subject: (await findMember(repositories, authority.workspaceId, params.userId)).address }
      },
      act: (repositories, authority, { params, circumstances }) => endMembership(repositories, authority, params, circumstances),
    }),
    ...confirmedRoutes(parts, {
      path: '/leave',
      section: 'overview',
      permission: undefined,
      question: 'leave',
      outcome: 'member-removed',
      back: () => '',
      find: async (_repositories, { workspace }) => ({ subject: workspace.name }),
      act: (repositories, authority, { user, circumstances }) =>
        endMembership(repositories, authority, { userId: user.id }, circumstances),
      onward: ctx => ofAccount.goOn(ctx, '/account/workspaces', 'workspace-left'),
    }),
    ...confirmedRoutes(parts, {
      path: `${memberPath}/hand-over`,
      params: memberParams,
      section: 'members',
      permission: 'members.manage',
      question: 'hand-over',
      typed: true,
      outcome: 'handed-over',
      back: ({ userId }) => `/members/${userId}`,
      find: async (repositories, { authority, params, user }) => {
        if (params.userId === user.id) throw new AppError('not-found')
        const { address } = await findMember(repositories, authority.workspaceId, params.userId)
        return { subject: address, people: await repositories.members.count(authority.workspaceId) }
      },
      act: (repositories, authority, { user, params, circumstances }) =>
        transferWorkspace(repositories, authority, { from: user.id, to: params.userId }, circumstances),
    }),
  ]
}
