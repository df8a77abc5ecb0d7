import type { Provider } from 'oidc-provider'
import { renderChooseWorkspace } from '../../views/sign-in/choose-workspace.tsx'
import type { FoundingProblem } from '../../views/parts/founding-form.tsx'
import { renderNoWorkspace } from '../../views/sign-in/no-workspace.tsx'
import type { AppRegistry } from '../apps/registry.ts'
import { type Answer, html } from '../http/answer.ts'
import type { Context } from '../http/context.ts'
import { negotiateLocale } from '../http/locale.ts'
import type { Pages } from '../http/pages.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Data } from '../ports/data.ts'
import type { Repositories } from '../ports/repositories.ts'
import { describeInvitation } from '../workspaces/describe-invitation.ts'
import type { NewUserWorkspace } from '../workspaces/founding.ts'
import { isWorkspaceOpen } from '../workspaces/workspace.ts'
import { describeApp, findInteraction, workspacePath } from './interactions.ts'
import { readParameters } from './request-parameters.ts'
import type { Interaction } from './request-state.ts'

export interface WorkspacePageOptions {
  provider: Provider
  registry: AppRegistry
  data: Data
  pages: Pages
  clock: Clock
  /** What is offered to whoever has no workspace. */
  newUserWorkspace: NewUserWorkspace
}

/** A request that waits for its workspace, of whoever is signed in. */
export interface WaitingRequest {
  interaction: Interaction
  userId: string
  /** The workspace that the app asked for, where the person has no access to it. */
  refused: string | undefined
}

/** The page on which somebody says where they are going to work, or is told that there is nowhere yet. */
export function createWorkspacePage({ provider, registry, data, pages, clock, newUserWorkspace }: WorkspacePageOptions) {
  /** Undefined where nothing waits any more, or for something else. */
  async function find(ctx: Context, uid: string): Promise<WaitingRequest | undefined> {
    const interaction = await findInteraction(provider, ctx)
    const userId = interaction?.session?.accountId
    if (interaction?.prompt.name !== 'workspace' || interaction.uid !== uid || userId === undefined) return undefined
    const isRefused = interaction.prompt.reasons.includes('workspace_refused')
    return { interaction, userId, refused: isRefused ? readParameters(interaction.params)['workspace'] : undefined }
  }

  /** The invitations that somebody may accept here: where the app asked for a workspace, those to that one. */
  async function listInvitations(repositories: Repositories, { userId, refused }: WaitingRequest) {
    const open = await repositories.invitations.listOpenForUser(userId, clock())
    const described = await Promise.all(
      open.map(async invitation => {
        const description = await describeInvitation(repositories, invitation)
        return description === undefined ? [] : [{ ...description, invitation }]
      }),
    )
    return described.flat().filter(({ workspaceId, slug }) => refused === undefined || [workspaceId, slug].includes(refused))
  }

  async function show(
    ctx: Context,
    waiting: WaitingRequest,
    typed: { name?: string; problem?: FoundingProblem } = {},
  ): Promise<Answer> {
    const { interaction, userId, refused } = waiting
    const request = readParameters(interaction.params)
    const [app, [user, all], invitations] = await Promise.all([
      describeApp(registry, request['client_id'] ?? ''),
      data.read({ kind: 'self', userId }, ({ users, workspaces }) =>
        Promise.all([users.findById(userId), workspaces.listForUser(userId)]),
      ),
      data.read({ kind: 'system', reason: 'invitation' }, repositories => listInvitations(repositories, waiting)),
    ])
    const path = `${workspacePath}/${interaction.uid}`
    const page = pages.context({ locale: negotiateLocale(ctx, request['ui_locales']), app, path })
    const open = all.filter(isWorkspaceOpen)
    const common = {
      invitations,
      accept: { action: `${path}/join` },
      cancel: { action: `${path}/cancel` },
      signOutHref: '/logout',
    }
    if (refused === undefined && open.length > 0)
      return html(renderChooseWorkspace(page, { ...common, choose: { action: path }, workspaces: open }))
    // One that is suspended, or about to be deleted, is theirs still.
    const mayMakeOwn = newUserWorkspace === 'personal' && refused === undefined && !all.some(({ personal }) => personal)
    const mayFound = newUserWorkspace === 'founded' && refused === undefined
    return html(
      renderNoWorkspace(page, {
        ...common,
        reason: refused === undefined ? 'none' : 'refused',
        address: user?.address ?? '',
        ...(mayMakeOwn ? { makeOwn: { action: `${path}/own` } } : {}),
        ...(mayFound ? { found: { action: `${path}/found`, ...typed } } : {}),
      }),
      typed.problem === undefined ? (refused === undefined ? 200 : 403) : 400,
    )
  }

  return { find, show, listInvitations }
}
