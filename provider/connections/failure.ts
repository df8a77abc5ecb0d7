import { errors } from 'jose'
import { ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client'
import { AppError } from '../kernel/errors.ts'
import type { RefusalReason } from './connection.ts'

/** A refusal on its way up. `message` is for the log: it holds nothing of what the upstream or the person sent. */
export class UpstreamFailure extends Error {
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'UpstreamFailure'
    this.reason = reason
  }
}

/** What a failure of one of the libraries, or of the egress, means for the person. What is none of these is a fault of ours. */
export function toUpstreamFailure(error: unknown): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error
  const inner = error instanceof ClientError ? error.cause : undefined
  if (inner instanceof UpstreamFailure) return inner
  const reason = reasonOf(inner instanceof AppError ? inner : error)
  if (reason === undefined) throw error
  return new UpstreamFailure(reason, describe(error))
}

function reasonOf(error: unknown): RefusalReason | undefined {
  if (error instanceof AppError) return error.code === 'unavailable' ? 'upstream-unavailable' : 'upstream-misconfigured'
  if (error instanceof ResponseBodyError) return reasonOfAnswer(error.error, error.status)
  if (error instanceof WWWAuthenticateChallengeError) return reasonOfStatus(error.status)
  if (error instanceof ClientError) return reasonOfClientError(error)
  if (error instanceof errors.JOSEError) return reasonOfJoseError(error)
  // Both libraries throw it where what was published is of the wrong kind: an address that is none, a key that is too short.
  if (error instanceof TypeError) return 'upstream-misconfigured'
  return undefined
}

/** RFC 6749 §4.1.2.1 and OpenID Connect Core §3.1.2.6: an error that came back with the browser. */
export function reasonOfAuthorizationError(code: string): RefusalReason {
  switch (code) {
    case 'access_denied':
    case 'login_required':
    case 'consent_required':
    case 'interaction_required':
    case 'account_selection_required':
      return 'consent-refused'
    case 'server_error':
    case 'temporarily_unavailable':
      return 'upstream-unavailable'
    default:
      return 'upstream-misconfigured'
  }
}

/** RFC 6749 §5.2: an error of the token endpoint. */
function reasonOfAnswer(code: string, status: number): RefusalReason {
  if (code === 'invalid_grant') return 'expired'
  if (code === 'server_error' || code === 'temporarily_unavailable') return 'upstream-unavailable'
  return reasonOfStatus(status)
}

export function reasonOfStatus(status: number): RefusalReason {
  return status >= 500 || status === 429 ? 'upstream-unavailable' : 'upstream-misconfigured'
}

function reasonOfClientError({ code, cause }: ClientError): RefusalReason | undefined {
  switch (code) {
    case 'OAUTH_TIMEOUT':
    case 'OAUTH_ABORT':
      return 'upstream-unavailable'
    case 'OAUTH_RESPONSE_IS_NOT_CONFORM':
      return cause instanceof Response ? reasonOfStatus(cause.status) : 'upstream-misconfigured'
    case 'OAUTH_RESPONSE_IS_NOT_JSON':
    case 'OAUTH_HTTP_REQUEST_FORBIDDEN':
    case 'OAUTH_REQUEST_PROTOCOL_FORBIDDEN':
    case 'OAUTH_MISSING_SERVER_METADATA':
    case 'OAUTH_INVALID_SERVER_METADATA':
    case 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED':
      return 'upstream-misconfigured'
    case 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED':
      return 'clock-off'
    case 'OAUTH_JWT_CLAIM_COMPARISON_FAILED':
    case 'OAUTH_INVALID_RESPONSE':
    case 'OAUTH_PARSE_ERROR':
    case 'OAUTH_UNSUPPORTED_OPERATION':
      return 'token-unacceptable'
    default:
      return undefined
  }
}

function reasonOfJoseError(error: errors.JOSEError): RefusalReason {
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return 'keys-unknown'
  if (error instanceof errors.JWKSTimeout) return 'upstream-unavailable'
  if (error instanceof errors.JWKSInvalid || error instanceof errors.JWKInvalid) return 'upstream-misconfigured'
  // What jose says of a set of keys that is no JSON.
  if (error.code === 'ERR_JOSE_GENERIC') return 'upstream-misconfigured'
  return 'token-unacceptable'
}

/**
 * The libraries' own sentence, and the codes of whatever caused it, such as ECONNREFUSED or CERT_HAS_EXPIRED. What else they carry is
 * not for a log: the message of a parser quotes what it could not read.
 */
function describe(error: unknown): string {
  if (error instanceof ResponseBodyError) return `The token endpoint answers with an error (status ${error.status}).`
  if (!(error instanceof Error)) return 'It failed.'
  const codes = codesOf(error)
  return codes.length === 0 ? error.message : `${error.message} (${codes.join(', ')})`
}

function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : []
  return [...code, ...codesOf(error.cause)]
}
