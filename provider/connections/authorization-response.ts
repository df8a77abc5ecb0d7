import { isTemplated, type PublishedDocument } from './configuration.ts'
import { type Connection, tenantPlaceholder } from './connection.ts'
import { reasonOfAuthorizationError, UpstreamFailure } from './failure.ts'

export interface AuthorizationResponse {
  /** What the token request needs of it. */
  parameters: URLSearchParams
  /** The issuer that it names, where that is one of several and has to be the ID token's. */
  issuer: string | undefined
}

interface Expected {
  document: PublishedDocument
  connection: Connection
  state: string
}

/**
 * Whether an authorization response answers our question: the state of this very attempt, the issuer that was asked (RFC 9207), each
 * parameter once (RFC 6749 §3.1). The library looks at the same; here it is told apart. Throws UpstreamFailure.
 */
export function readAuthorizationResponse(parameters: URLSearchParams, expected: Expected): AuthorizationResponse {
  const names = ['state', 'iss', 'code', 'error'] as const
  if (names.some(name => parameters.getAll(name).length > 1)) throw mixUp('A parameter of the answer is there twice.')
  const [state, issuer, code, error] = names.map(name => parameters.get(name))
  if (state !== expected.state) throw mixUp('The answer has another state.')
  if (!isIssuerExpected(issuer ?? undefined, expected))
    throw mixUp('The answer names another issuer, or none although it should.')
  if (error) throw new UpstreamFailure(reasonOfAuthorizationError(error), 'The authorization endpoint answers with an error.')
  if (!code) throw mixUp('The answer has no code.')
  const named = issuer ?? undefined
  // One issuer of a template is none that the library expects: it is compared with the token's instead.
  const isOneOfSeveral = isTemplated(expected.connection)
  return {
    parameters: new URLSearchParams({ code, state, ...(named === undefined || isOneOfSeveral ? {} : { iss: named }) }),
    issuer: isOneOfSeveral ? named : undefined,
  }
}

function isIssuerExpected(issuer: string | undefined, { document, connection }: Expected): boolean {
  if (issuer === undefined) return document.authorization_response_iss_parameter_supported !== true
  const [before = '', after] = connection.issuer.split(tenantPlaceholder)
  if (after === undefined) return issuer === connection.issuer
  const tenant = issuer.slice(before.length, issuer.length - after.length)
  return issuer === `${before}${tenant}${after}` && /^[\da-f-]+$/.test(tenant)
}

function mixUp(message: string): UpstreamFailure {
  return new UpstreamFailure('mix-up', message)
}
