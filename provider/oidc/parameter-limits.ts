import { errors, type Provider } from 'oidc-provider'

const longestScope = 2000
const longestValue = 8192
const mostValues = 20

/** As each endpoint reads them: text, or several where a parameter was sent more than once. */
type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Refuses parameters that no honest app sends, at every endpoint and before anything looks at them: others have been kept busy
 * with a scope of ten thousand names. oidc-provider hands each request's parameters to its context, which is where they pass.
 */
export function limitParameters(provider: Provider): void {
  Object.defineProperty(provider.OIDCContext.prototype, 'params', {
    configurable: true,
    get: () => undefined,
    set(this: object, parameters: Parameters) {
      assertSizes(parameters)
      Object.defineProperty(this, 'params', { value: parameters, writable: true, enumerable: true, configurable: true })
    },
  })
}

function assertSizes({ scope, ...others }: Parameters): void {
  for (const [name, value] of Object.entries(others)) {
    const values = [value ?? []].flat()
    if (values.length <= mostValues && values.every(each => each.length <= longestValue)) continue
    // Shown on a page of ours: what is too long to read is too long to be sent back.
    throw Object.assign(new errors.InvalidRequest(`${name} is too long`), { allow_redirect: false })
  }
  if ([scope ?? []].flat().join(' ').length > longestScope) throw new errors.InvalidScope('scope is too long', '')
}
