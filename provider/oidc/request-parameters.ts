/**
 * The parameters of an authorization request as text; what is neither text nor a number is none of a request's. Several resources
 * (RFC 8707), the one parameter that may come more than once, stand in one text with spaces between: a URI has none.
 */
export function readParameters(parameters: Readonly<Record<string, unknown>> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters ?? {}).flatMap(([name, value]) => {
      if (Array.isArray(value)) return [[name, value.join(' ')]]
      return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : []
    }),
  )
}

/** What `readParameters` read, as it is sent. */
export function listParameters({ resource, ...others }: Readonly<Record<string, string>>): Array<[string, string]> {
  const resources = resource === undefined ? [] : resource.split(' ').map((each): [string, string] => ['resource', each])
  return [...Object.entries(others), ...resources]
}
