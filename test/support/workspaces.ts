import { decodeJwt } from 'jose'
import { withoutRequest } from '../../provider/audit/record.ts'
import type { Data } from '../../provider/ports/data.ts'
import { newId } from '../../provider/kernel/ids.ts'
import type { WorkspaceRequirement } from '../../provider/ports/workspace-records.ts'
import { createInvitations } from '../../provider/workspaces/invitations.ts'
import { permissions } from '../../provider/kernel/permissions.ts'
import type { Agent, Response } from './agent.ts'
import { redeem, signIn, type TestApp, tokensOf } from './code-flow.ts'
import type { RunningLatchkey } from './latchkey.ts'
import { asSystem, asWorkspace } from './records.ts'
import { newAddress, newAgentBehindProxy } from './sign-in.ts'

/** A workspace as tests of its members need it. */
export interface TestWorkspace {
  id: string
  slug: string
  name: string
}

const dataOf = (latchkey: RunningLatchkey): Data => latchkey.adapters.data

/** Has a workspace be there, with these members. */
export async function openWorkspace(
  latchkey: RunningLatchkey,
  name: string,
  members: ReadonlyArray<{ userId: string; roles?: string[] }> = [],
): Promise<TestWorkspace> {
  const id = newId()
  const slug = `w-${id}`
  await dataOf(latchkey).scoped(asSystem, async ({ workspaces }) => {
    await workspaces.create({ id, slug, name, personal: false, createdAt: latchkey.clock.now() })
  })
  for (const { userId, roles = ['viewer'] } of members) await addMember(latchkey, id, userId, roles)
  return { id, slug, name }
}

export async function addMember(latchkey: RunningLatchkey, workspaceId: string, userId: string, roles: string[]): Promise<void> {
  await dataOf(latchkey).scoped(asSystem, ({ workspaces }) =>
    workspaces.addMember({ workspaceId, userId, roles, createdAt: latchkey.clock.now() }),
  )
}

export async function suspend(latchkey: RunningLatchkey, workspaceId: string): Promise<void> {
  await dataOf(latchkey).scoped(asSystem, ({ workspaces }) => workspaces.changeStatus(workspaceId, 'suspended'))
}

export async function requireOfMembers(
  latchkey: RunningLatchkey,
  workspaceId: string,
  requirement: Partial<WorkspaceRequirement>,
): Promise<void> {
  await dataOf(latchkey).scoped(asWorkspace(workspaceId), ({ workspaces }) =>
    workspaces.changeRequirement(workspaceId, { level: 'none', from: undefined, authenticators: undefined, ...requirement }),
  )
}

/** The id of whoever has an address. */
export async function findUserId(latchkey: RunningLatchkey, address: string): Promise<string> {
  const user = await dataOf(latchkey).read(asSystem, ({ users }) => users.findByAddress(address))
  if (user === undefined) throw new Error('nobody has that address')
  return user.id
}

/** Invites an address, as an Admin of the workspace would; answers the invitation's id. */
export async function invite(
  latchkey: RunningLatchkey,
  workspaceId: string,
  address: string,
  { roles = ['viewer'], inviter }: { roles?: string[]; inviter?: string } = {},
): Promise<string> {
  const lifetimeSeconds = 7 * 86_400
  const invitations = createInvitations({ issuer: latchkey.issuer, installationName: 'Latchkey', lifetimeSeconds })
  const actor =
    inviter === undefined ? ({ kind: 'system', reason: 'job' } as const) : ({ kind: 'user', userId: inviter } as const)
  const authority = { workspaceId, actor, permissions: new Set<string>(permissions), ofApps: [] }
  const circumstances = withoutRequest(actor, latchkey.clock.now)
  return dataOf(latchkey).scoped(asWorkspace(workspaceId), repositories =>
    invitations.invite(repositories, authority, { address, roles, locale: 'en', inviter: undefined }, circumstances),
  )
}

/** The path of the page that an invitation's mail leads to. */
export async function waitForInvitation(latchkey: RunningLatchkey, address: string): Promise<string> {
  const deadline = Date.now() + 15_000
  while (Date.now() < deadline) {
    for (const { id } of ((await latchkey.adapters.mailbox?.list()) ?? []).filter(mail => mail.to === address)) {
      const mail = await latchkey.adapters.mailbox?.find(id)
      const path = /\/invitation\/[A-Za-z0-9_-]+/.exec(mail?.message.text ?? '')?.[0]
      if (path !== undefined) return path
    }
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  throw new Error('no invitation arrived')
}

/** Where and as what a token is for. */
export interface WorkspaceClaims {
  sub: string
  sid: string
  workspace?: { id: string; slug: string }
  roles?: string[]
  permissions?: string[]
}

export function workspaceClaims(accessToken: string): WorkspaceClaims {
  return decodeJwt<WorkspaceClaims>(accessToken)
}

/** What can be chosen on the page that asks for a workspace, in its order. */
export function workspacesOn({ body }: Response): string[] {
  return [...body.matchAll(/name="workspace" value="([^"]+)"/g)].map(([, id = '']) => id)
}

/** Chooses one on that page, and follows. */
export async function pick(agent: Agent, page: Response, workspaceId: string): Promise<Response> {
  return agent.follow(await agent.post(page.url, { workspace: workspaceId }))
}

/** Somebody who has just signed in to an app, in the workspace of their own; they are a member of these others besides. */
export async function arriveAsMember(latchkey: RunningLatchkey, app: TestApp, ...names: string[]) {
  const agent = newAgentBehindProxy()
  const address = newAddress()
  const tokens = tokensOf(await redeem(latchkey, app, await signIn(latchkey, agent, app, address)))
  const { workspace, sub: userId } = workspaceClaims(tokens.accessToken)
  const others: TestWorkspace[] = []
  for (const name of names) others.push(await openWorkspace(latchkey, name, [{ userId }]))
  return { agent, address, userId, own: workspace?.id ?? '', others, tokens }
}
