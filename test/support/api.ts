import { apiResource } from '../../provider/apps/api-resource.ts'
import { registerApp } from '../../provider/apps/changes.ts'
import { parseApp } from '../../provider/apps/registration.ts'
import { withoutRequest } from '../../provider/audit/record.ts'
import { secondsAfter } from '../../provider/kernel/clock.ts'
import { foundWorkspace } from '../../provider/workspaces/founding.ts'
import type { Agent } from './agent.ts'
import { type Answer, call, obtainCode, postAs, redeem, signIn, tokensOf } from './code-flow.ts'
import { type LatchkeyOptions, type RunningLatchkey, startLatchkey } from './latchkey.ts'
import { asJob, asSystem } from './records.ts'
import { serverApp } from './relying-party.ts'
import { newAddress, newAgentBehindProxy } from './sign-in.ts'

const secret = 'a-secret-of-at-least-thirty-two-characters'
/** An app whose people manage their workspaces, and one that an operator's scripts are. */
export const adminApp = { ...serverApp, client_id: 'admin-panel', client_name: 'Admin panel' }
export const operatorApp = {
  client_id: 'operator',
  client_name: 'Operator',
  client_secret: secret,
  redirect_uris: [],
  grant_types: ['client_credentials'],
  system: true,
}

/** Latchkey with apps that may ask for tokens of the management API. */
export async function startWithApi(options: Partial<LatchkeyOptions> = {}): Promise<RunningLatchkey> {
  const latchkey = await startLatchkey({ apps: [serverApp], environment: { TRUSTED_PROXIES: '1' }, ...options })
  await registerApiApps(latchkey)
  return latchkey
}

export async function registerApiApps(latchkey: RunningLatchkey): Promise<void> {
  const { issuer, clock } = latchkey
  const resources = [{ identifier: apiResource(issuer), scope: '' }]
  await latchkey.adapters.data.scoped(asSystem, async repositories => {
    for (const app of [adminApp, operatorApp]) {
      const parsed = parseApp({ ...app, resources }, { issuer, source: 'command-line', now: clock.now() })
      await registerApp(repositories, parsed, withoutRequest({ kind: 'system', reason: 'command-line' }, clock.now))
    }
  })
}

export interface ApiRequest {
  /** Whose credential it is: an access token or a key. */
  as?: string | undefined
  body?: unknown
  headers?: Record<string, string>
}

export function callApi(
  latchkey: RunningLatchkey,
  method: string,
  path: string,
  { as, body, headers = {} }: ApiRequest = {},
): Promise<Answer> {
  return call(`${latchkey.issuer}/api/v1${path}`, {
    method,
    headers: {
      ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}

export interface Person {
  userId: string
  address: string
  agent: Agent
}

/** Somebody who has signed up. */
export async function newPerson(latchkey: RunningLatchkey): Promise<Person> {
  const agent = newAgentBehindProxy()
  const address = newAddress()
  await signIn(latchkey, agent, serverApp, address)
  const user = await latchkey.adapters.data.read(asSystem, ({ users }) => users.findByAddress(address))
  return { userId: user?.id ?? '', address, agent }
}

/** A token for the management API, of the session that the person has; for the workspace that is wanted, or the only one that they have. */
export async function tokenOf(
  latchkey: RunningLatchkey,
  { agent }: Pick<Person, 'agent'>,
  wanted: { workspace?: string } = {},
): Promise<string> {
  const parameters = { resource: apiResource(latchkey.issuer), scope: 'openid', ...wanted }
  return tokensOf(await redeem(latchkey, adminApp, await obtainCode(latchkey, agent, adminApp, parameters))).accessToken
}

export async function operatorToken(latchkey: RunningLatchkey): Promise<string> {
  const form = { grant_type: 'client_credentials', resource: apiResource(latchkey.issuer) }
  return tokensOf(await postAs(operatorApp, `${latchkey.issuer}/token`, form)).accessToken
}

/** A workspace with an Admin and another member, and a token of each. */
export async function newWorkspace(
  latchkey: RunningLatchkey,
  { plan = 'enterprise', roles = ['viewer'] }: { plan?: string; roles?: string[] } = {},
) {
  const [admin, member] = [await newPerson(latchkey), await newPerson(latchkey)]
  const circumstances = withoutRequest({ kind: 'user', userId: admin.userId }, latchkey.clock.now)
  // Each is then a member of this one alone, and nobody is asked which one a token is for.
  await latchkey.adapters.data.scoped(asJob, async ({ workspaces }) => {
    for (const { userId } of [admin, member])
      for (const own of await workspaces.listForUser(userId)) await workspaces.delete(own.id, latchkey.clock.now())
  })
  const { id } = await latchkey.adapters.data.scoped(asSystem, async repositories => {
    const workspace = await foundWorkspace(repositories, { name: 'Acme', plan, userId: admin.userId }, circumstances)
    const createdAt = secondsAfter(latchkey.clock.now(), 1)
    await repositories.workspaces.addMember({ workspaceId: workspace.id, userId: member.userId, roles, createdAt })
    return workspace
  })
  return {
    id,
    path: `/workspaces/${id}`,
    admin: { ...admin, token: await tokenOf(latchkey, admin) },
    member: { ...member, token: await tokenOf(latchkey, member) },
    close() {
      admin.agent.close()
      member.agent.close()
    },
  }
}
