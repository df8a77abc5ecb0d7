import type { ClaimsParameter, Provider } from 'oidc-provider'
import { z } from 'zod'
import { renderConsent } from '../../views/sign-in/consent.tsx'
import { renderExpired } from '../../views/sign-in/expired.tsx'
import { logoPath } from '../apps/logo.ts'
import type { AppMetadata } from '../apps/metadata.ts'
import type { AppRegistry } from '../apps/registry.ts'
import { ofRequest, recordEvent } from '../audit/record.ts'
import type { Limit } from '../http/limits.ts'
import { negotiateLocale } from '../http/locale.ts'
import type { Pages } from '../http/pages.ts'
import { type Route, route } from '../http/route.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Data } from '../ports/data.ts'
import { claims } from './accounts.ts'
import { protocol } from './grant-adapter.ts'
import { findInteraction, finishInteraction } from './interactions.ts'
import { readParameters } from './request-parameters.ts'
import { baseScopes } from './resources.ts'

const limits: Limit[] = [{ name: 'consent', by: 'address', points: 120, windowSeconds: 60 }]
const params = z.object({ uid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) })
const decision = z.object({ decision: z.enum(['allow', 'refuse']) })

export interface ConsentOptions {
  provider: Provider
  registry: AppRegistry
  data: Data
  pages: Pages
  clock: Clock
}

/** Asks whether a third-party app may have what it asks for. What is allowed becomes the grant when the request is resumed. */
export function consentRoutes({ provider, registry, data, pages, clock }: ConsentOptions): Route[] {
  return [
    route({
      method: 'GET',
      path: '/consent/:uid',
      access: 'browser',
      mode: { system: 'protocol' },
      limits,
      params,
      async handler({ params: { uid }, ctx }) {
        const interaction = await findInteraction(provider, ctx)
        const request = readParameters(interaction?.params)
        const clientId = request['client_id'] ?? ''
        const app = await registry.find(clientId)
        const locale = negotiateLocale(ctx, request['ui_locales'])
        if (interaction?.prompt.name !== 'consent' || interaction.uid !== uid || app === undefined) {
          return { kind: 'page', html: renderExpired(pages.context({ locale }), { reason: 'unknown' }), status: 410 }
        }
        const { client_name: name, policy_uri: privacy, tos_uri: terms } = app.metadata
        const page = pages.context({ locale, app: { name, logo: logoPath(app) }, path: `/consent/${uid}` })
        const userId = interaction.session?.accountId
        const user = userId === undefined ? undefined : await data.read(protocol, ({ users }) => users.findById(userId))
        return {
          kind: 'page',
          html: renderConsent(page, {
            form: { action: `/consent/${uid}` },
            site: URL.parse(request['redirect_uri'] ?? '')?.host ?? clientId,
            scopes: listScopes(request, app.metadata),
            ...(user === undefined ? {} : { address: user.address }),
            links: { ...(privacy === undefined ? {} : { privacy }), ...(terms === undefined ? {} : { terms }) },
          }),
        }
      },
    }),
    route({
      method: 'POST',
      path: '/consent/:uid',
      access: 'browser',
      mode: { system: 'protocol' },
      limits,
      params,
      form: decision,
      async handler({ params: { uid }, form, ctx, facts }) {
        const showOver = () => {
          const html = renderExpired(pages.context({ locale: facts.locale }), { reason: 'unknown' })
          return { kind: 'page', html, status: 410 } as const
        }
        const interaction = await findInteraction(provider, ctx)
        const request = readParameters(interaction?.params)
        if (interaction?.prompt.name !== 'consent' || interaction.uid !== uid) {
          return showOver()
        }
        const userId = interaction.session?.accountId
        if (form.decision === 'refuse' && userId !== undefined) {
          await data.scoped(protocol, repositories =>
            recordEvent(
              repositories,
              {
                action: 'consent.refused',
                userId,
                workspaceId: undefined,
                client_id: request['client_id'] ?? '',
                scope: request['scope'] ?? '',
              },
              ofRequest(facts, { kind: 'user', userId }, clock),
            ),
          )
        }
        const result =
          form.decision === 'allow'
            ? { consent: { allowed: true } }
            : { error: 'access_denied', error_description: 'the person did not allow it' }
        const to = await finishInteraction(provider, ctx, result)
        return to === undefined ? showOver() : { kind: 'redirect', to }
      },
    }),
  ]
}

/**
 * What is asked for: scopes that there are, and for each claim that is asked for by name the scope that it belongs to, so that
 * nothing is given that was not on the page.
 */
function listScopes(request: Readonly<Record<string, string>>, app: AppMetadata): string[] {
  const own = [app.scope ?? '', ...app.resources.map(resource => resource.scope)].flatMap(scope => scope.split(' '))
  const offered = new Set<string>([...baseScopes, ...own])
  const { userinfo = {}, id_token: idToken = {} }: ClaimsParameter = JSON.parse(request['claims'] ?? '{}')
  const named = new Set([...Object.keys(userinfo), ...Object.keys(idToken)])
  const implied = Object.entries(claims).flatMap(([scope, members]) => (members.some(each => named.has(each)) ? [scope] : []))
  return [...new Set([...(request['scope'] ?? '').split(' '), ...implied])].filter(scope => scope !== '' && offered.has(scope))
}
