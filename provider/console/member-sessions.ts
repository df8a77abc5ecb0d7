import { z } from 'zod'
import { consoleHref } from '../../views/console/console-page.tsx'
import type { MemberSessions } from '../../views/console/member-sessions.tsx'
import type { AppRegistry } from '../apps/registry.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import type { GrantRecord } from '../ports/session-records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { endMemberSessions, listMemberSessions } from '../workspaces/member-sessions.ts'
import { confirmedRoutes } from './confirmation.ts'
import type { ConsoleInput } from './console-route.ts'
import { memberParams, memberPath } from './member-path.ts'
import type { ConsoleParts } from './surroundings.ts'
import { findMember } from '../workspaces/membership.ts'

const sessionParams = memberParams.extend({ session: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) })

/** What apps hold for a member, as their page shows it. From which devices they came is in the log, for whoever may read that. */
export async function describeMemberSessions(
  registry: AppRegistry,
  { slug, userId, mayReadLog }: { slug: string; userId: string; mayReadLog: boolean },
  sessions: readonly GrantRecord[],
): Promise<MemberSessions> {
  const here = consoleHref(slug, `/members/${userId}`)
  return {
    items: await Promise.all(
      sessions.map(async ({ id, clientId, createdAt, expiresAt }) => ({
        app: await nameApp(registry, clientId),
        beganAt: createdAt,
        endsAt: expiresAt,
        endHref: `${here}/sessions/${id}/end`,
      })),
    ),
    endAllHref: `${here}/end-sessions`,
    logHref: mayReadLog ? consoleHref(slug, `/audit?action=grant.created&person=${userId}`) : undefined,
  }
}

/** Ending what apps hold for a member of this workspace: one of it, or all. */
export function memberSessionRoutes(parts: ConsoleParts): Route[] {
  const { registry, clock } = parts
  const declared = { section: 'members', permission: 'sessions.manage' } as const
  const pathOf = (userId: string) => `/members/${userId}`
  const list = ({ grants }: Repositories, { authority }: Pick<ConsoleInput, 'authority'>, userId: string) =>
    listMemberSessions({ grants }, { workspaceId: authority.workspaceId, userId, now: clock() })

  return [
    ...confirmedRoutes(parts, {
      ...declared,
      path: `${memberPath}/sessions/:session/end`,
      params: sessionParams,
      question: 'end-session',
      outcome: 'session-ended',
      back: ({ userId }) => pathOf(userId),
      async find(repositories, input) {
        const { userId, session } = input.params
        const found = (await list(repositories, input, userId)).find(({ id }) => id === session)
        if (found === undefined) throw new AppError('not-found')
        return { subject: await nameApp(registry, found.clientId) }
      },
      act: (repositories, authority, { params: { userId, session: grantId }, circumstances }) =>
        endMemberSessions(repositories, authority, { userId, grantId }, circumstances),
    }),
    ...confirmedRoutes(parts, {
      ...declared,
      path: `${memberPath}/end-sessions`,
      params: memberParams,
      question: 'end-sessions',
      outcome: 'sessions-ended',
      back: ({ userId }) => pathOf(userId),
      async find(repositories, input) {
        const { userId } = input.params
        return { subject: (await findMember(repositories, input.authority.workspaceId, userId)).address }
      },
      act: (repositories, authority, { params, circumstances }) =>
        endMemberSessions(repositories, authority, params, circumstances),
    }),
  ]
}

async function nameApp(registry: AppRegistry, clientId: string): Promise<string> {
  return (await registry.find(clientId))?.metadata.client_name ?? clientId
}
