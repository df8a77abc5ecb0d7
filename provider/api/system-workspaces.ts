import { z } from 'zod'
import { locales } from '../../views/page-context.ts'
import { AppError } from '../kernel/errors.ts'
import { normaliseAddress } from '../sign-in/address.ts'
import { foundWorkspace, slugPattern } from '../workspaces/founding.ts'
import { permissions as builtInPermissions } from '../kernel/permissions.ts'
import { changePlan, changeStatus } from '../workspaces/workspace.ts'
import { versionOf } from './conditions.ts'
import type { ApiRoute } from './operation.ts'
import { answerPage } from './pages.ts'
import type { ApiParts } from './parts.ts'
import { nameText, pageOf, pageQuery } from './schemas.ts'
import { describeWorkspace, showWorkspace, workspaceAnswer, workspaceExample } from './workspaces.ts'

/** All workspaces, for the operator's apps. */
export function systemWorkspaceRoutes(parts: ApiParts): ApiRoute[] {
  const { systemRoute, cursors, entitlements, invitations } = parts
  const about = 'Workspaces'

  return [
    systemRoute({
      method: 'GET',
      path: '/workspaces',
      id: 'listWorkspaces',
      about,
      summary: 'List all workspaces, oldest first',
      status: 200,
      query: pageQuery,
      answer: pageOf(workspaceAnswer),
      example: { query: { limit: '20' }, answer: { items: [workspaceExample], next_cursor: null } },
      handler: ({ repositories, query }) =>
        answerPage({ cursors, list: 'workspaces', query }, page => repositories.workspaces.list(page), {
          positionOf: ({ createdAt, id }) => ({ moment: createdAt, id }),
          describe: describeWorkspace(parts),
        }),
    }),
    systemRoute({
      method: 'POST',
      path: '/workspaces',
      id: 'createWorkspace',
      about,
      summary: 'Make a workspace, and invite its first Admin by mail',
      status: 201,
      body: z.strictObject({
        name: nameText,
        slug: z.string().max(60).regex(slugPattern, 'lower-case letters, digits and hyphens between them').optional(),
        plan: z.string().max(60).optional(),
        admin_address: z.string().max(254).describe('Where the invitation goes.'),
        locale: z.enum(locales).optional().describe('The language of the invitation.'),
      }),
      answer: workspaceAnswer,
      example: {
        body: { name: 'Acme', slug: 'acme', plan: 'pro', admin_address: 'ada@acme.example', locale: 'en' },
        answer: workspaceExample,
      },
      async handler({ repositories, circumstances, body }) {
        const { name, slug, plan = 'free', admin_address: typed, locale = 'en' } = body
        entitlements.assertPlan(plan)
        const address = normaliseAddress(typed)
        if (address === undefined) throw new AppError('address-unusable')
        const founding = { name, plan, userId: undefined, ...(slug === undefined ? {} : { slug }) }
        const { id: workspaceId } = await foundWorkspace(repositories, founding, circumstances)
        const { actor } = circumstances
        const authority = { workspaceId, actor, permissions: new Set(builtInPermissions), ofApps: [] }
        const invitation = { address, roles: ['admin'], locale, inviter: undefined }
        await invitations.invite(repositories, authority, invitation, circumstances)
        return { ...(await showWorkspace(parts, repositories, workspaceId)), location: `/workspaces/${workspaceId}` }
      },
    }),
    systemRoute({
      method: 'PUT',
      path: '/workspaces/:workspace/plan',
      id: 'setPlan',
      about,
      summary: 'Set the plan of a workspace',
      conditional: true,
      status: 200,
      body: z.strictObject({ plan: z.string().max(60) }),
      answer: workspaceAnswer,
      example: { body: { plan: 'enterprise' }, answer: { ...workspaceExample, plan: 'enterprise', version: 2 } },
      async handler({ repositories, circumstances, params: { workspace: workspaceId }, body: { plan }, tag }) {
        entitlements.assertPlan(plan)
        await changePlan(repositories, { workspaceId, plan, ...versionOf(tag) }, circumstances)
        return showWorkspace(parts, repositories, workspaceId)
      },
    }),
    systemRoute({
      method: 'PUT',
      path: '/workspaces/:workspace/status',
      id: 'setStatus',
      about,
      summary: 'Suspend a workspace, so that nobody signs in for it, or open it again',
      conditional: true,
      status: 200,
      body: z.strictObject({ status: z.enum(['active', 'suspended']) }),
      answer: workspaceAnswer,
      example: { body: { status: 'suspended' }, answer: { ...workspaceExample, status: 'suspended', version: 2 } },
      async handler({ repositories, circumstances, params: { workspace: workspaceId }, body: { status }, tag }) {
        await changeStatus(repositories, { workspaceId, status, ...versionOf(tag) }, circumstances)
        return showWorkspace(parts, repositories, workspaceId)
      },
    }),
  ]
}
