import type { Grant, KoaContextWithOIDC } from 'oidc-provider'
import type { Data } from '../ports/data.ts'
import { type Allowance, allowanceOf, covers, give, requestedAllowance } from './allowance.ts'
import { appOf } from './clients.ts'
import { protocol } from './grant-adapter.ts'
import { stateOf } from './request-state.ts'

/**
 * The grant under which an authorization request is answered: one for each session and app, so that signing out, or a stolen
 * refresh token, ends what began in this browser and nothing else. A first-party app gets what it asks for without a
 * question; a third-party app gets what the person allows on the consent page, or has allowed there before, in any session.
 */
export function createLoadExistingGrant(data: Data, issuer: string) {
  return async function loadExistingGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
    const { client, session, provider, account } = ctx.oidc
    if (client === undefined || session === undefined || account === undefined) return undefined
    const grantId = session.grantIdFor(client.clientId)
    const known = grantId === undefined ? undefined : await provider.Grant.find(grantId)
    const usable = known?.accountId === account.accountId ? known : undefined
    const wanted = requestedAllowance(ctx, issuer)
    const mayHave = appOf(client).firstParty || ctx.oidc.result?.consent !== undefined
    if (!mayHave) {
      const has = usable !== undefined && covers(allowanceOf({ openid: usable.openid, resources: usable.resources }), wanted)
      if (has || !(await isRemembered(data, account.accountId, client.clientId, wanted))) return usable
    }

    const grant = usable ?? (await newGrant(ctx, data, account.accountId, client.clientId))
    await allow(ctx, grant, wanted)
    // A grant is what an app has of one session, so its id is the `sid` of all tokens under it. And signing out has to know which
    // cookie to take away.
    session.sidFor(client.clientId, grant.jti)
    Object.assign(session.authorizationFor(client.clientId), { workspaceId: Reflect.get(grant, 'workspaceId') })
    return grant
  }
}

/** A grant for the workspace that the person works in: the only one they have, or the one they joined first. */
async function newGrant(ctx: KoaContextWithOIDC, data: Data, accountId: string, clientId: string): Promise<Grant> {
  const known = stateOf(ctx).workspaces
  const [workspace] =
    known?.userId === accountId
      ? known.workspaces
      : await data.read(protocol, ({ workspaces }) => workspaces.listForUser(accountId))
  const grant = new ctx.oidc.provider.Grant({ accountId, clientId })
  if (workspace !== undefined) Object.assign(grant, { workspaceId: workspace.id })
  return grant
}

/** Adds what the request asks for, and saves the grant where that was anything new. */
async function allow(ctx: KoaContextWithOIDC, grant: Grant, wanted: Allowance): Promise<void> {
  const before = JSON.stringify([grant.openid, grant.resources])
  give(grant, wanted)
  const changed = before !== JSON.stringify([grant.openid, grant.resources])
  // A consent is kept with its event, whether or not it allowed anything that was not allowed before.
  if (grant.jti === undefined || changed || ctx.oidc.result?.consent !== undefined) await grant.save()
}

async function isRemembered(data: Data, userId: string, clientId: string, wanted: Allowance): Promise<boolean> {
  const consent = await data.read(protocol, ({ consents }) => consents.find(userId, clientId))
  return consent !== undefined && covers(consent.allowed, wanted)
}
