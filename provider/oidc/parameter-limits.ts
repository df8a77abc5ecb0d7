import { type Client, errors, type Provider } from 'oidc-provider'

const longestScope = 2000
const longestValue = 8192
const mostValues = 20

/** Bytes of all parameters together. They are kept for a minute to hours, and before an app has proved who it is, anybody's are. */
const longestTogether = { byAnybody: 8 * 1024, byAuthenticatedApp: 16 * 1024 }
/** Where the parameters are those of an earlier request, measured when it came. */
const continuing = new Set(['resume', 'code_verification', 'device_resume'])

/** As each endpoint reads them: text, or several where a parameter was sent more than once. */
type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Refuses parameters that no honest app sends, at every endpoint and before anything looks at them: others have been kept busy
 * with a scope of ten thousand names. oidc-provider hands each request's parameters to its context, which is where they pass.
 */
export function limitParameters(provider: Provider): void {
  const accepted = new WeakMap<object, Parameters>()
  Object.defineProperty(provider.OIDCContext.prototype, 'params', {
    configurable: true,
    get(this: object) {
      return accepted.get(this)
    },
    // More than once in a request: first what proves who the app is, then the rest.
    set(this: Receiver, parameters: Parameters) {
      assertSizes(parameters)
      if (!continuing.has(this.route)) assertSum(parameters, this)
      accepted.set(this, parameters)
    },
  })
}

interface Receiver {
  route: string
  /** Undefined until it was found, which at most endpoints is when it has proved who it is. */
  client: Client | undefined
}

function assertSizes({ scope, ...others }: Parameters): void {
  for (const [name, value] of Object.entries(others)) {
    const values = [value ?? []].flat()
    if (values.length <= mostValues && values.every(each => each.length <= longestValue)) continue
    throw refuse(`${name} is too long`)
  }
  if ([scope ?? []].flat().join(' ').length > longestScope) throw new errors.InvalidScope('scope is too long', '')
}

function assertSum(parameters: Parameters, { route, client }: Receiver): void {
  const authenticated = route !== 'authorization' && client !== undefined && client.tokenEndpointAuthMethod !== 'none'
  const most = authenticated ? longestTogether.byAuthenticatedApp : longestTogether.byAnybody
  const sum = Object.values(parameters)
    .flatMap(value => value ?? [])
    .reduce((bytes, value) => bytes + Buffer.byteLength(value), 0)
  if (sum > most) throw refuse(`the parameters together are longer than ${most} bytes`)
}

/** Shown on a page of ours: what is too long to read is too long to be sent back. */
function refuse(description: string): Error {
  return Object.assign(new errors.InvalidRequest(description), { allow_redirect: false })
}
