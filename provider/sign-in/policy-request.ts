import { z } from 'zod'
import type { PolicyRequest } from '../policy/gate.ts'

/** What the `claims` parameter may say of `acr`. Whatever else it says is refused when it comes: passed over, it would ask for less. */
export const requestedContext = z.object({
  essential: z.boolean().optional(),
  value: z.string().optional(),
  values: z.array(z.string()).optional(),
})

const claimsWithContext = z.object({ id_token: z.object({ acr: requestedContext }) })

/** What an authorization request asks of the sign-in. */
export function policyRequestOf(request: Readonly<Record<string, string>>): PolicyRequest {
  const maximum = request['max_age']
  return {
    acrValues: essentialLevels(request['claims']) ?? (request['acr_values'] ?? '').split(' ').filter(value => value !== ''),
    maxAgeSeconds: maximum === undefined ? undefined : Number(maximum),
  }
}

/**
 * The levels of which the `claims` parameter says that one has to be reached (OpenID Connect Core §5.5.1.1); undefined where it
 * says no such thing. They stand before `acr_values`, which is a wish.
 */
export function essentialLevels(claims: string | undefined): string[] | undefined {
  if (claims === undefined) return undefined
  const parsed = claimsWithContext.safeParse(JSON.parse(claims))
  if (!parsed.success) return undefined
  const { essential, value, values } = parsed.data.id_token.acr
  if (essential !== true) return undefined
  return value === undefined ? values : [value]
}
