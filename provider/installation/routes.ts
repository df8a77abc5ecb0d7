import { renderLanding } from '../../views/landing.tsx'
import { secondsAfter } from '../kernel/clock.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { Pages } from '../http/pages.ts'
import { type Route, route } from '../http/route.ts'
import type { Data } from '../ports/data.ts'
import type { Store } from '../ports/store.ts'

const yearSeconds = 365 * 24 * 3600

export interface InstallationRouteOptions {
  issuer: string
  pages: Pages
  data: Data
  store: Store
  clock: Clock
  /** An e-mail or https address. */
  securityContact: string | undefined
  hasMailbox: boolean
}

/** What an installation says about itself. */
export function installationRoutes({
  issuer,
  pages,
  data,
  store,
  clock,
  securityContact,
  hasMailbox,
}: InstallationRouteOptions): Route[] {
  return [
    route({
      method: 'GET',
      path: '/',
      access: 'public',
      mode: 'no-data',
      limits: [{ name: 'landing', by: 'address', points: 600, windowSeconds: 60 }],
      handler: ({ facts }) => ({
        kind: 'page',
        html: renderLanding(pages.context({ locale: facts.locale, path: '/' }), {
          issuer,
          discoveryHref: '/.well-known/openid-configuration',
          ...(hasMailbox ? { mailboxHref: '/mailbox' } : {}),
        }),
      }),
    }),
    // For load balancers, which ask every few seconds: no limit, and nothing but yes or no.
    route({
      method: 'GET',
      path: '/health',
      access: 'public',
      mode: 'no-data',
      limits: [],
      async handler() {
        await Promise.all([data.ping(), store.ping()]).catch((cause: unknown) => {
          throw new AppError('unavailable', { cause })
        })
        return { kind: 'json', body: { status: 'ok' } }
      },
    }),
    // RFC 9116. Without a contact of the operator's there is nobody to name.
    route({
      method: 'GET',
      path: '/.well-known/security.txt',
      access: 'public',
      mode: 'no-data',
      limits: [{ name: 'security-txt', by: 'address', points: 60, windowSeconds: 60 }],
      handler() {
        if (securityContact === undefined) throw new AppError('not-found')
        const lines = [
          `Contact: ${securityContact.startsWith('https:') ? securityContact : `mailto:${securityContact}`}`,
          `Expires: ${secondsAfter(clock(), yearSeconds).toISOString()}`,
          `Canonical: ${issuer}/.well-known/security.txt`,
        ]
        return { kind: 'text', type: 'text/plain; charset=utf-8', body: `${lines.join('\n')}\n` }
      },
    }),
  ]
}
