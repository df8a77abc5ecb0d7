import type { z } from 'zod'
import { show } from '../kernel/wording.ts'
import { type appMembers, loopbackHosts } from './members.ts'

/** What the rules look at: any app whose members are well-formed each on its own. */
export type RuledApp = Omit<z.output<typeof appMembers>, 'client_id' | 'client_name'>

export interface Breach {
  path: Array<string | number>
  /** Goes on after the member's name. */
  message: string
}

/** What members ask of each other. A rule is not asked about an app where one of its members is not well-formed. */
export interface Rule<Looked = RuledApp> {
  members: ReadonlyArray<string>
  find(looked: Looked): Breach[]
}

const none: Breach[] = []
const breach = (member: keyof RuledApp, message: string): Breach[] => [{ path: [member], message }]
const usesCode = (app: RuledApp) => app.grant_types.includes('authorization_code')
const usesCookie = (app: RuledApp) => app.refresh_token_delivery === 'cookie'

export const metadataRules: readonly Rule[] = [
  {
    members: ['redirect_uris', 'grant_types'],
    find(app) {
      const { length } = app.redirect_uris
      if (usesCode(app) && length === 0)
        return breach('redirect_uris', 'expected at least one, for the authorization code flow; nothing was given')
      if (!usesCode(app) && length > 0)
        return breach('redirect_uris', `expected none without the grant type authorization_code, was given ${length}`)
      return none
    },
  },
  {
    members: ['response_types', 'grant_types'],
    find: app =>
      app.response_types !== undefined && app.response_types.length > 0 !== usesCode(app)
        ? breach(
            'response_types',
            `expected ${usesCode(app) ? '["code"]' : '[]'}, as the grant types say, was given ${JSON.stringify(app.response_types)}; it can be left out`,
          )
        : none,
  },
  {
    members: ['redirect_uris', 'application_type'],
    find: app => findUnsuitable(app, 'redirect_uris'),
  },
  {
    members: ['post_logout_redirect_uris', 'application_type'],
    find: app => findUnsuitable(app, 'post_logout_redirect_uris'),
  },
  {
    members: ['jwks', 'jwks_uri'],
    find: app =>
      app.jwks !== undefined && app.jwks_uri !== undefined
        ? breach('jwks_uri', 'expected jwks or jwks_uri, was given both')
        : none,
  },
  {
    members: ['jwks', 'jwks_uri', 'token_endpoint_auth_method'],
    find: app =>
      app.token_endpoint_auth_method === 'private_key_jwt' && app.jwks === undefined && app.jwks_uri === undefined
        ? breach('jwks', 'expected jwks or jwks_uri, for token_endpoint_auth_method "private_key_jwt"; nothing was given')
        : none,
  },
  {
    members: ['grant_types', 'token_endpoint_auth_method'],
    find: app =>
      app.token_endpoint_auth_method === 'none' && app.grant_types.includes('client_credentials')
        ? breach(
            'grant_types',
            'expected no client_credentials for an app that keeps no secret (token_endpoint_auth_method "none")',
          )
        : none,
  },
  {
    members: ['system', 'grant_types'],
    find: app =>
      app.system === true && app.grant_types.some(type => type !== 'client_credentials')
        ? breach('grant_types', 'expected ["client_credentials"] alone for "system": nobody signs in to such an app')
        : none,
  },
  {
    members: ['refresh_token_delivery', 'token_endpoint_auth_method'],
    find: app =>
      usesCookie(app) && app.token_endpoint_auth_method !== 'none'
        ? breach(
            'refresh_token_delivery',
            `expected "body" for an app with a server, was given "cookie", which is for browser apps with token_endpoint_auth_method "none"`,
          )
        : none,
  },
  {
    members: ['refresh_token_delivery', 'grant_types'],
    find: app =>
      usesCookie(app) && !app.grant_types.includes('refresh_token')
        ? breach('refresh_token_delivery', 'expected "body" without the grant type refresh_token, was given "cookie"')
        : none,
  },
  {
    members: ['refresh_token_delivery', 'origins'],
    find: app =>
      usesCookie(app) && app.origins.length === 0
        ? breach('origins', 'expected those that may refresh, for refresh_token_delivery "cookie"; nothing was given')
        : none,
  },
]

/** OpenID Connect Dynamic Client Registration 1.0 §2, `application_type`. */
function findUnsuitable(app: RuledApp, member: 'redirect_uris' | 'post_logout_redirect_uris'): Breach[] {
  const { application_type: type } = app
  const expected =
    type === 'web'
      ? 'a web address for application_type "web" (a scheme of its own is for "native")'
      : 'http on loopback, a scheme of its own, or https elsewhere, for application_type "native"'
  return app[member].flatMap((uri, index) =>
    suitsType(uri, type) ? [] : [{ path: [member, index], message: `expected ${expected}, was given ${show(uri)}` }],
  )
}

/** RFC 8252 §7. */
function suitsType(uri: string, type: 'web' | 'native'): boolean {
  const url = URL.parse(uri)
  if (type === 'web') return url === null || /^https?:$/.test(url.protocol)
  return url?.protocol !== 'https:' || !loopbackHosts.has(url.hostname)
}
