import { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import type { WorkspaceRecord } from '../ports/workspace-records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { cancelDeletion, changeRequirement, renameWorkspace, scheduleDeletion } from '../workspaces/workspace.ts'
import { versionOf } from './conditions.ts'
import { exampleMoment, exampleWorkspaceId } from './example-ids.ts'
import { freshPerson } from './freshness.ts'
import type { ApiRoute } from './operation.ts'
import type { ApiParts } from './parts.ts'
import { id, moment, nameText, requirementLevel } from './schemas.ts'

const requirement = z.strictObject({
  level: requirementLevel,
  from: moment.nullable().describe('Until then people are asked to get ready, and let in as they are.'),
  authenticators: z
    .array(z.uuid())
    .max(200)
    .nullable()
    .describe('The models of authenticators (AAGUID) whose passkeys count; null: all of them.'),
})

export const workspaceAnswer = z.strictObject({
  id,
  slug: z.string(),
  name: z.string(),
  personal: z.boolean(),
  status: z.enum(['active', 'suspended']),
  plan: z.string(),
  entitlements: z.array(z.string()).describe('What its plan includes.'),
  requirement,
  deletion_due_at: moment.nullable(),
  created_at: moment,
  version: z.int().describe('Also its ETag.'),
})

export const workspaceExample = {
  id: exampleWorkspaceId,
  slug: 'acme',
  name: 'Acme',
  personal: false,
  status: 'active',
  plan: 'pro',
  entitlements: ['api-keys', 'custom-roles', 'sso', 'audit-export'],
  requirement: { level: 'none', from: null, authenticators: null },
  deletion_due_at: null,
  created_at: exampleMoment,
  version: 1,
}

export function describeWorkspace({ entitlements }: Pick<ApiParts, 'entitlements'>) {
  return (workspace: WorkspaceRecord): z.input<typeof workspaceAnswer> => ({
    id: workspace.id,
    slug: workspace.slug,
    name: workspace.name,
    personal: workspace.personal,
    status: workspace.status,
    plan: workspace.plan,
    entitlements: [...(entitlements.plans[workspace.plan] ?? [])],
    requirement: {
      level: workspace.requirement.level,
      from: workspace.requirement.from?.toISOString() ?? null,
      authenticators: workspace.requirement.authenticators ?? null,
    },
    deletion_due_at: workspace.deletionDueAt?.toISOString() ?? null,
    created_at: workspace.createdAt.toISOString(),
    version: workspace.version,
  })
}

/** The workspace as it is after a change, with its new version. */
export async function showWorkspace(parts: Pick<ApiParts, 'entitlements'>, { workspaces }: Repositories, workspaceId: string) {
  const workspace = await workspaces.findById(workspaceId)
  if (workspace === undefined) throw new AppError('not-found')
  return { body: describeWorkspace(parts)(workspace), version: workspace.version }
}

/** A workspace, for its members and their keys. */
export function workspaceRoutes(parts: ApiParts): ApiRoute[] {
  const { workspaceRoute, entitlements, workspaceGraceSeconds } = parts
  const about = 'Workspaces'

  return [
    workspaceRoute({
      method: 'GET',
      path: '/workspaces/:workspace',
      id: 'readWorkspace',
      about,
      summary: 'Read a workspace',
      permission: 'workspace.read',
      orSystem: true,
      evenClosed: true,
      status: 200,
      answer: workspaceAnswer,
      example: { answer: workspaceExample },
      handler: ({ repositories, params }) => showWorkspace(parts, repositories, params.workspace),
    }),
    workspaceRoute({
      method: 'PATCH',
      path: '/workspaces/:workspace',
      id: 'changeWorkspace',
      about,
      summary: 'Rename a workspace, or change what it requires of everybody who signs in for it',
      description: `A list of accepted authenticators needs the entitlement accepted-authenticators. For a requirement: ${freshPerson}`,
      permission: 'workspace.update',
      fresh: body => body.requirement !== undefined,
      conditional: true,
      status: 200,
      body: z
        .strictObject({ name: nameText.optional(), requirement: requirement.optional() })
        .refine(body => body.name !== undefined || body.requirement !== undefined, 'name or requirement, or both'),
      answer: workspaceAnswer,
      example: {
        body: { name: 'Acme Trading', requirement: { level: 'any-second-factor', from: exampleMoment, authenticators: null } },
        answer: {
          ...workspaceExample,
          name: 'Acme Trading',
          requirement: { level: 'any-second-factor', from: exampleMoment, authenticators: null },
          version: 3,
        },
      },
      async handler({ repositories, authority, circumstances, body, params, tag }) {
        const { name, requirement: wanted } = body
        if (name !== undefined) await renameWorkspace(repositories, authority, { name, ...versionOf(tag) }, circumstances)
        if (wanted !== undefined) {
          const changed = {
            level: wanted.level,
            from: wanted.from === null ? undefined : new Date(wanted.from),
            authenticators: wanted.authenticators ?? undefined,
          }
          // Once it was renamed it has a version that nobody has seen, and nobody else can change it now.
          const seen = name === undefined ? versionOf(tag) : {}
          await changeRequirement(repositories, authority, { requirement: changed, ...seen }, { circumstances, entitlements })
        }
        return showWorkspace(parts, repositories, params.workspace)
      },
    }),
    workspaceRoute({
      method: 'DELETE',
      path: '/workspaces/:workspace',
      id: 'deleteWorkspace',
      about,
      summary: 'Close a workspace, and delete it when the time in which that can be taken back is over',
      permission: 'workspace.delete',
      fresh: true,
      conditional: true,
      status: 202,
      answer: workspaceAnswer,
      example: { answer: { ...workspaceExample, deletion_due_at: '2026-06-03T09:30:00.000Z', version: 2 } },
      async handler({ repositories, authority, circumstances, params, tag }) {
        const deletion = { graceSeconds: workspaceGraceSeconds, ...versionOf(tag) }
        await scheduleDeletion(repositories, authority, deletion, circumstances)
        return showWorkspace(parts, repositories, params.workspace)
      },
    }),
    workspaceRoute({
      method: 'POST',
      path: '/workspaces/:workspace/restore',
      id: 'restoreWorkspace',
      about,
      summary: 'Take the deletion of a workspace back',
      permission: 'workspace.delete',
      orSystem: true,
      evenClosed: true,
      status: 200,
      answer: workspaceAnswer,
      example: { answer: { ...workspaceExample, version: 3 } },
      async handler({ repositories, authority, circumstances, params }) {
        await cancelDeletion(repositories, authority, circumstances)
        return showWorkspace(parts, repositories, params.workspace)
      },
    }),
  ]
}
