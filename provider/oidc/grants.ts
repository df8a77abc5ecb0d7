import type { Grant, KoaContextWithOIDC } from 'oidc-provider'
import type { Data } from '../ports/data.ts'
import { type Allowance, allowanceOf, covers, give, requestedAllowance } from './allowance.ts'
import { appOf } from './clients.ts'
import { protocol } from './grant-adapter.ts'
import { choiceOf, grantsOf, keepGrant } from './workspace-choice.ts'

/**
 * The grant under which an authorization request is answered: one for each session, app and workspace, so that signing out, or a stolen
 * refresh token, ends what began in this browser and nothing else, and a tab that works elsewhere goes on there. None as long as it is
 * open which workspace it is for. A first-party app gets what it asks for without a question; a third-party app gets what the person
 * allows on the consent page, or has allowed there before, in any session.
 */
export function createLoadExistingGrant(data: Data, issuer: string) {
  return async function loadExistingGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
    const { client, session, provider, account } = ctx.oidc
    if (client === undefined || session === undefined || account === undefined) return undefined
    const choice = choiceOf(ctx)
    if (choice.kind !== 'chosen' && choice.kind !== 'unneeded') return undefined
    const workspaceId = choice.kind === 'chosen' ? choice.workspaceId : undefined
    const { clientId } = client
    const grantId = workspaceId === undefined ? session.grantIdFor(clientId) : grantsOf(session, clientId)[workspaceId]
    const known = grantId === undefined ? undefined : await provider.Grant.find(grantId)
    const isOurs = known?.accountId === account.accountId && Reflect.get(known, 'workspaceId') === workspaceId
    const usable = isOurs ? known : undefined
    const wanted = requestedAllowance(ctx, issuer)
    const mayHave = appOf(client).firstParty || ctx.oidc.result?.consent !== undefined
    if (!mayHave) {
      const has = usable !== undefined && covers(allowanceOf({ openid: usable.openid, resources: usable.resources }), wanted)
      if (has || !(await isRemembered(data, account.accountId, clientId, wanted))) return usable && keep(usable)
    }

    const grant = usable ?? new provider.Grant({ accountId: account.accountId, clientId })
    if (workspaceId !== undefined) Object.assign(grant, { workspaceId })
    await allow(ctx, grant, wanted)
    return keep(grant)

    function keep(given: Grant): Grant {
      // A grant is what an app has of one session in one workspace, so its id is the `sid` of all tokens under it.
      session?.sidFor(clientId, given.jti)
      if (session !== undefined && workspaceId !== undefined) keepGrant(session, clientId, workspaceId, given.jti)
      return given
    }
  }
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
