import type { Settings } from '../../config/schema.ts'
import { apiResource } from '../apps/api-resource.ts'
import { registerApp } from '../apps/changes.ts'
import { parseApp } from '../apps/registration.ts'
import { withoutRequest } from '../audit/record.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { isLoopbackHost } from '../kernel/loopback.ts'
import { newSecret } from '../kernel/secrets.ts'
import type { AppRecord } from '../ports/records.ts'
import type { AppRepository } from '../ports/repositories.ts'
import { commandActor, commandMode } from './command-mode.ts'
import type { ExitCode, Surroundings } from './surroundings.ts'
import { withData } from './with-data.ts'

export interface AppRequest {
  name: string
  type: 'browser' | 'server' | 'native' | 'machine'
  redirectUri?: string[]
  postLogoutRedirectUri?: string[]
  origin?: string[]
  refreshTokenDelivery?: 'cookie' | 'body'
  thirdParty?: true
  system?: true
  clientId?: string
  json?: true
}

export function createApp(surroundings: Surroundings, request: AppRequest): Promise<ExitCode> {
  return withData(surroundings, async ({ data, settings }) => {
    const secret = request.type === 'server' || request.type === 'machine' ? newSecret() : undefined
    const app = await data.scoped(commandMode, async repositories => {
      await repositories.apps.lock()
      const clientId = await chooseClientId(repositories.apps, request)
      const parsed = parseRequest(request, clientId, secret, settings, surroundings.clock)
      await registerApp(repositories, parsed, withoutRequest(commandActor, surroundings.clock))
      return parsed
    })
    const { issuer } = settings
    if (request.json) {
      surroundings.print(
        JSON.stringify({ issuer, client_id: app.clientId, client_secret: secret, ...app.metadata }, undefined, 2),
      )
    } else {
      surroundings.print(describeApp(request, app.clientId, secret, settings))
    }
    return 0
  })
}

async function chooseClientId(apps: AppRepository, { name, clientId }: AppRequest): Promise<string> {
  const taken = new Set((await apps.list()).map(app => app.clientId))
  if (clientId !== undefined) {
    if (taken.has(clientId)) {
      throw new AppError('conflict', {
        detail: `There is an app with the client id ${clientId} already. Choose another --client-id, or remove that app first.`,
      })
    }
    return clientId
  }
  const base = nameAsId(name)
  if (!taken.has(base)) return base
  for (let number = 2; ; number += 1) if (!taken.has(`${base}-${number}`)) return `${base}-${number}`
}

/** "Café Notes" becomes cafe-notes. */
function nameAsId(name: string): string {
  const words =
    name
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? []
  return words.join('-').slice(0, 50) || 'app'
}

function parseRequest(
  request: AppRequest,
  clientId: string,
  secret: string | undefined,
  settings: Settings,
  clock: Clock,
): AppRecord {
  const input = {
    client_id: clientId,
    client_name: request.name,
    client_secret: secret,
    redirect_uris: request.redirectUri ?? [],
    post_logout_redirect_uris: request.postLogoutRedirectUri ?? listHomes(request.redirectUri ?? []),
    origins: request.origin ?? (request.type === 'browser' ? listOrigins(request.redirectUri ?? []) : []),
    first_party: !request.thirdParty,
    refresh_token_delivery: request.refreshTokenDelivery ?? (request.type === 'browser' ? 'cookie' : 'body'),
    ...metadataOfType[request.type],
    ...(request.system ? { system: true, resources: [{ identifier: apiResource(settings.issuer), scope: '' }] } : {}),
  }
  return parseApp(input, { issuer: settings.issuer, source: 'command-line', now: clock() })
}

const metadataOfType = {
  browser: { token_endpoint_auth_method: 'none' },
  server: { token_endpoint_auth_method: 'client_secret_basic' },
  native: { token_endpoint_auth_method: 'none', application_type: 'native' },
  machine: { token_endpoint_auth_method: 'client_secret_basic', grant_types: ['client_credentials'] },
} satisfies Record<AppRequest['type'], Record<string, unknown>>

/** Where people land after signing out, unless something else is said: the app's own front page. */
function listHomes(uris: string[]): string[] {
  return listOrigins(uris).map(origin => `${origin}/`)
}

/** Of those URIs that can be registered: what is wrong with the others is said of them, not of what would follow from them. */
function listOrigins(uris: string[]): string[] {
  const urls = uris.flatMap(uri => URL.parse(uri) ?? [])
  const safe = urls.filter(
    ({ protocol, hostname }) => protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname)),
  )
  return [...new Set(safe.map(({ origin }) => origin))]
}

function describeApp(
  { name, type, refreshTokenDelivery, system }: AppRequest,
  clientId: string,
  secret: string | undefined,
  { issuer, databaseUrl }: Settings,
): string {
  const lines = [`${name} is registered.`, '', `  Issuer         ${issuer}`, `  Client id      ${clientId}`]
  if (secret !== undefined) {
    lines.push(`  Client secret  ${secret}`, '', 'The secret is shown this once. Keep it where the app keeps its secrets.')
  }
  lines.push(
    '',
    'What to do next:',
    `- Give issuer and client id to an OpenID Connect library; it reads the rest at ${issuer}/.well-known/openid-configuration.`,
  )
  if (type === 'machine') lines.push('- Ask the token endpoint for a token with the grant type client_credentials.')
  else lines.push('- Let it use the authorization code flow with PKCE (S256).')
  if (system) lines.push(`- Name resource=${apiResource(issuer)} when asking for it: the token is for the management API.`)
  if (type === 'browser' && refreshTokenDelivery !== 'body') {
    lines.push(
      '- Send the requests to the token endpoint with credentials: "include"; the refresh token is a cookie that the app never sees.',
    )
  }
  lines.push(
    databaseUrl === undefined
      ? '- Start the server: it knows the app from its next start on. The embedded database serves one process at a time, so none is running now.'
      : '- A server that runs knows the app within seconds; nothing has to be started anew.',
  )
  return lines.join('\n')
}
