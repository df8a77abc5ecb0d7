import { withoutRequest } from '../audit/record.ts'
import { AppError } from '../kernel/errors.ts'
import { show } from '../kernel/wording.ts'
import type { Data } from '../ports/data.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { WorkspaceRecord } from '../ports/workspace-records.ts'
import { createEntitlements } from '../workspaces/entitlements.ts'
import { changePlan, changeStatus } from '../workspaces/workspace.ts'
import { commandActor, commandMode } from './command-mode.ts'
import type { ExitCode, Surroundings } from './surroundings.ts'
import { renderMoment, renderTable } from './table.ts'
import { withData } from './with-data.ts'

const rowsOfAPage = 500

/** Those of one person each are left out of the table: an installation may have as many as people. */
export function listWorkspaces(surroundings: Surroundings, { json }: { json?: boolean }): Promise<ExitCode> {
  return withData(surroundings, async ({ data }) => {
    const workspaces = (await listAll(data)).filter(({ personal }) => !personal)
    if (json) surroundings.print(JSON.stringify(workspaces.map(toJson), undefined, 2))
    else if (workspaces.length === 0)
      surroundings.print('There is no workspace but those of one person each. Found one with "latchkey workspace create".')
    else surroundings.print(renderTable(['SLUG', 'NAME', 'PLAN', 'STATUS', 'SINCE'], workspaces.map(toRow)))
    return 0
  })
}

/** Closes a workspace, or opens it again. What is so already is no mistake, and changes nothing. */
export function changeWorkspaceStatus(
  surroundings: Surroundings,
  { slug, status }: { slug: string; status: WorkspaceRecord['status'] },
): Promise<ExitCode> {
  return withData(surroundings, async ({ data }) => {
    const circumstances = withoutRequest(commandActor, surroundings.clock)
    const changed = await data.scoped(commandMode, async repositories => {
      const workspace = await findWorkspace(repositories, slug)
      if (workspace.status === status) return false
      await changeStatus(repositories, { workspaceId: workspace.id, status }, circumstances)
      return true
    })
    surroundings.print(changed ? done[status](slug) : `${slug} is ${words[status]} already. Nothing was changed.`)
    return 0
  })
}

/** Sets a workspace on another plan of the configuration. The one that it is on already is no mistake, and changes nothing. */
export function changeWorkspacePlan(
  surroundings: Surroundings,
  { slug, plan }: { slug: string; plan: string },
): Promise<ExitCode> {
  return withData(surroundings, async ({ data, settings }) => {
    createEntitlements(settings.plans).assertPlan(plan)
    const circumstances = withoutRequest(commandActor, surroundings.clock)
    const before = await data.scoped(commandMode, async repositories => {
      const workspace = await findWorkspace(repositories, slug)
      if (workspace.plan !== plan) await changePlan(repositories, { workspaceId: workspace.id, plan }, circumstances)
      return workspace.plan
    })
    const included = settings.plans[plan]?.join(', ') || 'nothing beyond what every workspace has'
    surroundings.print(
      before === plan
        ? `${slug} is on the plan ${plan} already. Nothing was changed.`
        : `${slug} is on the plan ${plan} now, and was on ${before}. It includes ${included}.`,
    )
    return 0
  })
}

async function findWorkspace({ workspaces }: Repositories, slug: string): Promise<WorkspaceRecord> {
  const workspace = await workspaces.findBySlug(slug)
  if (workspace !== undefined) return workspace
  const detail = `There is no workspace with the slug ${show(slug)}. "latchkey workspace list" prints them all.`
  throw new AppError('not-found', { detail })
}

const words = { active: 'open', suspended: 'suspended' } as const satisfies Record<WorkspaceRecord['status'], string>

const done: Record<WorkspaceRecord['status'], (slug: string) => string> = {
  suspended: slug =>
    `${slug} is suspended. Nobody signs in for it, and apps get no new tokens; those that they have last up to an hour. "latchkey workspace resume ${slug}" opens it again.`,
  active: slug => `${slug} is open again.`,
}

async function listAll(data: Data): Promise<WorkspaceRecord[]> {
  const all: WorkspaceRecord[] = []
  for (;;) {
    const last = all.at(-1)
    const after = last && { moment: last.createdAt, id: last.id }
    const page = await data.read(commandMode, ({ workspaces }) => workspaces.list({ after, limit: rowsOfAPage }))
    all.push(...page)
    if (page.length < rowsOfAPage) return all
  }
}

function statusOf({ status, deletionDueAt }: WorkspaceRecord): string {
  if (deletionDueAt !== undefined) return `to be deleted on ${renderMoment(deletionDueAt)}`
  return words[status]
}

function toRow(workspace: WorkspaceRecord): string[] {
  const { slug, name, plan, createdAt } = workspace
  return [slug, name, plan, statusOf(workspace), renderMoment(createdAt)]
}

function toJson({ id, slug, name, plan, status, deletionDueAt, createdAt }: WorkspaceRecord) {
  return {
    id,
    slug,
    name,
    plan,
    status,
    deletion_due_at: deletionDueAt?.toISOString() ?? null,
    created_at: createdAt.toISOString(),
  }
}
