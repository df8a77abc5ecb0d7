import { type ZodError, z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { AppRecord } from '../ports/records.ts'
import { appMetadata, findCrossSiteOrigins } from './metadata.ts'

const minimumSecretLength = 32

/**
 * Makes a record of what an app wants to be registered with. `client_secret` is kept as a hash alone. Throws AppError
 * `bad-request` whose detail says which member is wrong and what to do instead.
 */
export function parseApp(input: unknown, options: { issuer: string; source: AppRecord['source']; now: Date }): AppRecord {
  const { client_secret: secret, ...members } = z.looseObject({ client_secret: z.string().optional() }).catch({}).parse(input)
  const parsed = appMetadata.safeParse(members)
  if (!parsed.success) throw new AppError('bad-request', { detail: describeIssues(parsed.error) })
  const app = parsed.data

  const needsSecret =
    app.token_endpoint_auth_method === 'client_secret_basic' || app.token_endpoint_auth_method === 'client_secret_post'
  if (needsSecret && (secret === undefined || secret.length < minimumSecretLength)) {
    throw new AppError('bad-request', {
      detail: `client_secret: ${minimumSecretLength} random characters or more are needed for ${app.token_endpoint_auth_method}`,
    })
  }
  if (!needsSecret && secret !== undefined) {
    throw new AppError('bad-request', {
      detail: `client_secret: of no use with token_endpoint_auth_method "${app.token_endpoint_auth_method}"`,
    })
  }

  const [foreign] = findCrossSiteOrigins(app, options.issuer)
  if (foreign !== undefined) {
    throw new AppError('bad-request', {
      detail:
        `refresh_token_delivery: a browser never sends the issuer's SameSite cookie from ${foreign}, which is another site than ${options.issuer}. ` +
        'Serve the app under the same registrable domain, or give it a backend that keeps the refresh token (refresh_token_delivery "body").',
    })
  }
  return {
    clientId: app.client_id,
    secretHash: needsSecret && secret !== undefined ? hashSecret(secret) : undefined,
    metadata: app,
    source: options.source,
    createdAt: options.now,
  }
}

function describeIssues(error: ZodError): string {
  return error.issues.map(issue => `${issue.path.join('.') || 'app'}: ${issue.message}`).join('; ')
}
