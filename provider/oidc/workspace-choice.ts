import type { AdapterPayload, KoaContextWithOIDC, Provider, Session } from 'oidc-provider'
import { isId } from '../kernel/ids.ts'
import type { MembershipFacts } from '../ports/workspace-records.ts'
import { findNamed, findOnly } from '../workspaces/open-memberships.ts'
import { appOf } from './clients.ts'
import { readParameters } from './request-parameters.ts'
import { stateOf } from './request-state.ts'
import type { WorkspaceChoice, WorkspaceStanding } from './workspace-standing.ts'

/*
 * The workspace that an authorization request is answered for: the one that its `workspace` parameter names, else the one that the
 * session chose for this app before, else the only one that the person has. Whoever has several chooses, on a page; so does whoever
 * the app wants asked (`prompt=workspace`), which is how a product lets people switch.
 */

type Authorization = NonNullable<Session['authorizations']>[string]

/** What a session keeps of an app, beside what oidc-provider does. */
interface OwnAuthorization extends Authorization {
  /** The workspace that was chosen last. */
  workspaceId?: string
  /** The grant of each workspace that was chosen. */
  workspaces?: Readonly<Record<string, string>>
}

/** The grants that the session has given an app, by the workspace that each is for. */
export function grantsOf(session: Session, clientId: string): Readonly<Record<string, string>> {
  return authorizationOf(session, clientId).workspaces ?? {}
}

/** Keeps that the app was given a grant for the workspace in this session. */
export function keepGrant(session: Session, clientId: string, workspaceId: string, grantId: string): void {
  const workspaces = { ...grantsOf(session, clientId), [workspaceId]: grantId }
  Object.assign(session.authorizationFor(clientId), { workspaces })
}

/**
 * Has sessions keep where each app was used last. Not before it was: whoever turns back from a workspace that requires more than they have
 * is still where they were.
 */
export function keepChoices(provider: Provider): void {
  provider.on('authorization.success', (ctx: KoaContextWithOIDC) => {
    const { client, session } = ctx.oidc
    const choice = choiceOf(ctx)
    if (client === undefined || session === undefined || choice.kind !== 'chosen') return
    const { workspaceId } = choice
    Object.assign(session.authorizationFor(client.clientId), { workspaceId })
  })
}

function authorizationOf({ authorizations }: Session, clientId: string): OwnAuthorization {
  return authorizations?.[clientId] ?? {}
}

/** What was chosen on the page just now. */
function findPicked({ oidc }: KoaContextWithOIDC): string | undefined {
  const picked: unknown = oidc.result?.['workspace']
  const id: unknown = typeof picked === 'object' && picked !== null ? Reflect.get(picked, 'id') : undefined
  return typeof id === 'string' ? id : undefined
}

/** The workspace that the request names; not where it was only carried along for somebody else (see `carryChoice`). */
function findName({ oidc }: KoaContextWithOIDC): string | undefined {
  const { workspace } = readParameters(oidc.params)
  const carriedFor: unknown = oidc.entities.Interaction && Reflect.get(oidc.entities.Interaction, 'chosenBy')
  return carriedFor !== undefined && carriedFor !== oidc.session?.accountId ? undefined : workspace
}

/**
 * The grant under which the request is answered, as far as can be said without looking at anything but the session: whoever comes back
 * to where they were needs no list of their workspaces.
 */
export function guessGrant(
  ctx: KoaContextWithOIDC,
): { grantId: string; agrees(membership: MembershipFacts): boolean } | undefined {
  const { session, client, prompts } = ctx.oidc
  if (session === undefined || client === undefined || appOf(client).signsInOnly) return undefined
  if (findPicked(ctx) !== undefined || prompts.has('workspace')) return undefined
  const { workspaceId } = authorizationOf(session, client.clientId)
  const name = findName(ctx)
  if (workspaceId === undefined || (name !== undefined && isId(name) && name !== workspaceId)) return undefined
  const grantId = grantsOf(session, client.clientId)[workspaceId]
  if (grantId === undefined) return undefined
  return {
    grantId,
    agrees: membership =>
      membership.workspaceId === workspaceId && (name === undefined || findNamed([membership], name) === membership),
  }
}

/** Decides among all the workspaces of the person who is signed in. */
export function chooseWorkspace(ctx: KoaContextWithOIDC, memberships: readonly MembershipFacts[]): WorkspaceStanding {
  const { session, client, prompts } = ctx.oidc
  const open = memberships.filter(membership => membership.open)
  if (client === undefined || appOf(client).signsInOnly) return { choice: { kind: 'unneeded' }, concerned: open }
  const picked = findPicked(ctx)
  const name = findName(ctx)
  const membership = find()
  if (membership !== undefined) return choose(membership)
  const isRefused = picked === undefined && name !== undefined && !prompts.has('workspace')
  return { choice: { kind: isRefused ? 'refused' : open.length === 0 ? 'none' : 'open' }, concerned: [] }

  function find(): MembershipFacts | undefined {
    if (picked !== undefined) return findNamed(memberships, picked)
    if (prompts.has('workspace')) return undefined
    if (name !== undefined) return findNamed(memberships, name)
    const before = session && client && authorizationOf(session, client.clientId).workspaceId
    return (before === undefined ? undefined : open.find(({ workspaceId }) => workspaceId === before)) ?? findOnly(memberships)
  }
}

/** A choice that was made, with what the workspace requires. */
export function choose(membership: MembershipFacts): WorkspaceStanding {
  return { choice: { kind: 'chosen', workspaceId: membership.workspaceId }, concerned: [membership] }
}

/** How the choice of this request turned out. */
export function choiceOf(ctx: KoaContextWithOIDC): WorkspaceChoice {
  return stateOf(ctx).workspace?.choice ?? { kind: 'none' }
}

/**
 * What an interaction that comes after the choice keeps of the request: the choice as its `workspace`, so that the steps that follow know
 * what is required there, and a sign-in that is started again goes to the same place; and no prompt that was answered. Where somebody
 * else than `chosenBy` comes back from it, they choose for themselves.
 */
export function carryChoice(ctx: KoaContextWithOIDC, { params, prompt }: AdapterPayload): Record<string, unknown> {
  const { workspace: named, prompt: prompts, ...others } = params ?? {}
  const answered = Object.keys(ctx.oidc.result ?? {})
  const left = (typeof prompts === 'string' ? prompts : '')
    .split(' ')
    .filter(name => name !== '' && !answered.includes(name))
    .join(' ')
  const rest = { ...others, ...(left === '' ? {} : { prompt: left }) }
  const choice = choiceOf(ctx)
  const { Interaction: before } = ctx.oidc.entities
  const isOwnWish = named !== undefined && findPicked(ctx) === undefined && Reflect.get(before ?? {}, 'chosenBy') === undefined
  const isLater = prompt?.name === 'consent' || prompt?.reasons.every(reason => reason === 'gate') === true
  if (isOwnWish) return { params: { ...rest, workspace: named } }
  if (choice.kind !== 'chosen' || !isLater) return { params: rest }
  return { params: { ...rest, workspace: choice.workspaceId }, chosenBy: ctx.oidc.session?.accountId }
}
