import { z } from 'zod'
import { renderAccountApps } from '../../views/account/apps.tsx'
import { renderAccountConfirm } from '../../views/account/confirm.tsx'
import { recordEvent } from '../audit/record.ts'
import { html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import type { ConsentRecord, GrantRecord } from '../ports/session-records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { accountClientId } from '../oidc/account-app.ts'
import { goOn } from './outcome.ts'
import type { AccountParts } from './surroundings.ts'

const path = '/account/apps'
const params = z.object({ clientId: z.string() })

/** What an app has of a person. */
interface Connection {
  clientId: string
  consent: ConsentRecord | undefined
  since: Date
}

/** The apps that have something of an account: disconnecting one takes away all of it. */
export function appRoutes({ accountRoute, data, registry, clock }: AccountParts): Route[] {
  async function list({ grants, consents }: Repositories, userId: string): Promise<Connection[]> {
    const now = clock()
    const granted = (await grants.listForUser(userId)).filter(({ expiresAt }) => expiresAt > now)
    return connectionsOf(granted, await consents.listForUser(userId))
  }

  const nameOf = async (clientId: string) => (await registry.find(clientId))?.metadata.client_name ?? clientId

  return [
    accountRoute({
      method: 'GET',
      path,
      async handler({ mode, user, page, outcome }) {
        const connections = await data.read(mode, repositories => list(repositories, user.id))
        const apps = await Promise.all(
          connections.map(async ({ clientId, consent, since }) => ({
            name: await nameOf(clientId),
            scopes: consent === undefined ? [] : scopesOf(consent),
            since,
            disconnectHref: `${path}/${encodeURIComponent(clientId)}/disconnect`,
          })),
        )
        return html(renderAccountApps(page, { apps, outcome }))
      },
    }),
    accountRoute({
      method: 'GET',
      path: `${path}/:clientId/disconnect`,
      params,
      comeBackTo: path,
      async handler({ mode, user, page, params: { clientId } }) {
        const connections = await data.read(mode, repositories => list(repositories, user.id))
        if (!connections.some(connection => connection.clientId === clientId)) throw new AppError('not-found')
        return html(
          renderAccountConfirm(page, {
            section: 'apps',
            question: 'disconnect-app',
            subject: await nameOf(clientId),
            form: { action: `${path}/${encodeURIComponent(clientId)}/disconnect` },
          }),
        )
      },
    }),
    accountRoute({
      method: 'POST',
      path: `${path}/:clientId/disconnect`,
      params,
      comeBackTo: path,
      async handler({ ctx, user, circumstances, params: { clientId } }) {
        if (clientId === accountClientId) throw new AppError('not-found')
        const app = await registry.find(clientId)
        // What is recorded of a grant goes into its workspace's log.
        await data.scoped({ kind: 'system', reason: 'protocol' }, async repositories => {
          const grants = await repositories.grants.deleteForUser(user.id, { clientId })
          const hadConsent = await repositories.consents.delete(user.id, clientId)
          if (grants.length === 0 && !hadConsent) throw new AppError('not-found')
          for (const { id, workspaceId } of grants) {
            await recordEvent(
              repositories,
              { action: 'grant.revoked', userId: user.id, workspaceId, client_id: clientId, grant_id: id },
              circumstances,
            )
            // It ends by its own hand what it began by itself.
            if (app?.metadata.backchannel_logout_uri !== undefined)
              await repositories.jobs.enqueue('back-channel-logout', { clientId, userId: user.id, sid: id })
          }
          await recordEvent(repositories, { action: 'consent.revoked', userId: user.id, client_id: clientId }, circumstances)
        })
        return goOn(ctx, path, 'app-disconnected')
      },
    }),
  ]
}

/** Each app once, the newest first, but for these pages themselves. */
function connectionsOf(grants: readonly GrantRecord[], consents: readonly ConsentRecord[]): Connection[] {
  const moments = new Map<string, Date>()
  const met = [
    ...grants.map(({ clientId, createdAt }) => ({ clientId, at: createdAt })),
    ...consents.map(({ clientId, givenAt }) => ({ clientId, at: givenAt })),
  ]
  for (const { clientId, at } of met) {
    const known = moments.get(clientId)
    if (clientId !== accountClientId && (known === undefined || at < known)) moments.set(clientId, at)
  }
  return [...moments]
    .map(([clientId, since]) => ({ clientId, since, consent: consents.find(consent => consent.clientId === clientId) }))
    .toSorted((a, b) => b.since.getTime() - a.since.getTime())
}

function scopesOf({ allowed }: ConsentRecord): string[] {
  const ofResources = Object.values(allowed.resources).flat()
  return [...new Set([...allowed.scopes, ...ofResources])].filter(scope => scope !== '')
}
