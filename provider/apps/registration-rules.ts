import { getDomain } from 'tldts'
import type { AppRecord } from '../ports/records.ts'
import { apiResource } from './api-resource.ts'
import type { Rule, RuledApp } from './metadata-rules.ts'

const minimumSecretLength = 32

/** What is looked at when an app is registered, beside what is kept of it. */
export interface Registering {
  app: RuledApp
  /** Empty where none that is well-formed was given. */
  clientId: string
  /** Undefined where none was given. */
  secret: string | undefined
  issuer: string
  source: AppRecord['source']
}

export function needsSecret({ token_endpoint_auth_method: method }: RuledApp): boolean {
  return method === 'client_secret_basic' || method === 'client_secret_post'
}

/** With it begin the client ids of our own apps, such as the account pages. */
const reservedPrefix = 'latchkey-'

export const registrationRules: ReadonlyArray<Rule<Registering>> = [
  {
    members: ['client_id'],
    find: ({ clientId }) =>
      clientId.startsWith(reservedPrefix)
        ? [
            {
              path: ['client_id'],
              message: `expected one that does not begin with "${reservedPrefix}", which is kept for our own`,
            },
          ]
        : [],
  },
  {
    members: ['client_secret', 'token_endpoint_auth_method'],
    find({ app, secret }) {
      const { token_endpoint_auth_method: method } = app
      if (needsSecret(app)) {
        if (secret !== undefined && secret.length >= minimumSecretLength) return []
        const given = secret === undefined ? '; nothing was given' : `, was given ${secret.length}`
        return [
          {
            path: ['client_secret'],
            message: `expected ${minimumSecretLength} random characters or more for token_endpoint_auth_method "${method}"${given}`,
          },
        ]
      }
      if (secret === undefined) return []
      return [
        {
          path: ['client_secret'],
          message: `expected nothing, because it is of no use with token_endpoint_auth_method "${method}"`,
        },
      ]
    },
  },
  {
    // Whoever can register apps from afar must not be able to make itself an operator.
    members: ['system'],
    find: ({ app, source }) =>
      app.system === true && source !== 'config' && source !== 'command-line'
        ? [{ path: ['system'], message: 'expected to be set in the config file or on the command line, and nowhere else' }]
        : [],
  },
  {
    // The API has no scopes that somebody could be asked for one by one: its tokens do all that their person may.
    members: ['resources', 'first_party'],
    find: ({ app, issuer }) =>
      app.resources.flatMap(({ identifier }, index) =>
        identifier === apiResource(issuer) && !app.first_party && app.system !== true
          ? [{ path: ['resources', index], message: 'expected the management API for first-party apps alone' }]
          : [],
      ),
  },
  {
    members: ['refresh_token_delivery', 'origins'],
    find: ({ app, issuer }) =>
      findCrossSiteOrigins(app, issuer).map(({ origin, index }) => ({
        path: ['origins', index],
        message:
          `expected one on the site of ${issuer}, was given "${origin}": a browser never sends the issuer's SameSite cookie from there. ` +
          'Serve the app under the same registrable domain, or give it a backend that keeps the refresh token (refresh_token_delivery "body")',
      })),
  },
]

/**
 * A SameSite=Strict cookie reaches the token endpoint only from the issuer's own site (RFC 6265bis §5.2): the same scheme and
 * registrable domain. Answers the origins from which it never would.
 */
function findCrossSiteOrigins(app: RuledApp, issuer: string): Array<{ origin: string; index: number }> {
  if (app.refresh_token_delivery !== 'cookie') return []
  return app.origins.flatMap((origin, index) => (siteOf(origin) === siteOf(issuer) ? [] : [{ origin, index }]))
}

function siteOf(url: string): string {
  const { protocol, hostname } = new URL(url)
  return `${protocol}//${getDomain(hostname, { allowPrivateDomains: true }) ?? hostname}`
}
