import { isSignIn, visitAccount } from '../support/account.ts'
import type { Agent, Response } from '../support/agent.ts'
import { callApi, registerApiApps, tokenOf } from '../support/api.ts'
import { changeRows } from '../support/durable-rows.ts'
import type { RunningLatchkey } from '../support/latchkey.ts'
import { asJob, asSystem, aRole, createWorkspace, noon } from '../support/records.ts'
import { newAddress, newAgentBehindProxy } from '../support/sign-in.ts'
import type { Victim } from './foreign-values.ts'

/** Somebody who asks for what is not theirs. */
export interface Attacker {
  name: string
  agent: Agent
  userId: string | undefined
  /** For the management API, if anybody gave them one. */
  token: string | undefined
  /** Belongs to the victim's workspace, and may do nothing there. */
  isMember: boolean
  /** Signs in again where the last request ended the session. */
  renew(): Promise<void>
}

/** Nobody; a member of another workspace; a member who may do nothing; a former Admin whose account is suspended. */
export async function createAttackers(latchkey: RunningLatchkey, victim: Victim): Promise<Attacker[]> {
  const { data } = latchkey.adapters
  await registerApiApps(latchkey)
  const roleOfNothing = { ...aRole(victim.workspace.id), permissions: [] }
  await data.scoped(asSystem, ({ roles }) => roles.create(roleOfNothing))
  const another = await createWorkspace(data)

  async function signIn(name: string, workspaceId: string, roles: string[], isMember: boolean) {
    const address = newAddress()
    const visitor = await visitAccount(latchkey, address)
    const user = await data.read(asSystem, ({ users }) => users.findByAddress(address))
    if (user === undefined) throw new Error('an attacker has no account')
    await data.scoped(asSystem, ({ workspaces }) =>
      workspaces.addMember({ workspaceId, userId: user.id, roles, createdAt: noon }),
    )
    // Their own personal workspace would be the one that the token is for.
    await data.scoped(asJob, async ({ workspaces }) => {
      for (const own of await workspaces.listForUser(user.id)) if (own.personal) await workspaces.delete(own.id, noon)
    })
    const attacker: Attacker & { userId: string } = {
      name,
      agent: visitor.agent,
      token: await tokenOf(latchkey, visitor, { workspace: workspaceId }),
      isMember,
      renew,
      userId: user.id,
    }
    return attacker

    async function renew(): Promise<void> {
      if (isSignIn(await visitor.agent.follow(await visitor.agent.get(`${latchkey.issuer}/account`))))
        await visitAccount(latchkey, address, visitor.agent)
      if ((await callApi(latchkey, 'GET', '/users/me', { as: attacker.token })).status === 401)
        // Whoever has left the workspace by one of the requests is given none any more.
        attacker.token = await tokenOf(latchkey, visitor, { workspace: workspaceId }).catch(() => undefined)
    }
  }

  const stranger = await signIn('a member of another workspace', another.id, ['admin'], false)
  const powerless = await signIn('a member without permission', victim.workspace.id, [roleOfNothing.key], true)
  const suspended = await signIn('a suspended member', victim.workspace.id, ['admin'], false)
  const changed = await changeRows(latchkey, 'users', `update latchkey.users set status = 'suspended' where id = $1`, [
    suspended.userId,
  ])
  if (changed !== 1) throw new Error('the suspended member is not')
  const stay = async (): Promise<void> => {}
  return [
    { name: 'nobody', agent: newAgentBehindProxy(), userId: undefined, token: undefined, isMember: false, renew: stay },
    stranger,
    powerless,
    { ...suspended, renew: stay },
  ]
}

/** An answer without the names that were asked for, and without what is another each time: nonces, challenges, ids, moments. */
export function describeAnswer({ status, location, body }: Response, names: readonly string[]): string {
  let text = `${status} ${location ?? ''}\n${body}`
  for (const name of names) text = text.replaceAll(encodeURIComponent(name), '{…}').replaceAll(name, '{…}')
  return text.replaceAll(/[\w-]{20,}/g, '{…}').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '{moment}')
}
