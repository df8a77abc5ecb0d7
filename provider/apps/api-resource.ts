/** Where the management API is. */
export const apiPath = '/api/v1'

/** What tokens for the management API are for: the audience that an app asks for by `resource` (RFC 8707). */
export function apiResource(issuer: string): string {
  return `${issuer}${apiPath}`
}
