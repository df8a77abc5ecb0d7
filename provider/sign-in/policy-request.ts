import { z } from 'zod'
import type { PolicyRequest } from '../policy/gate.ts'

const authenticationContext = z.object({
  id_token: z.object({
    acr: z.object({ essential: z.literal(true), value: z.string().optional(), values: z.array(z.string()).optional() }),
  }),
})

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
  const parsed = authenticationContext.safeParse(JSON.parse(claims))
  if (!parsed.success) return undefined
  const { value, values } = parsed.data.id_token.acr
  return value === undefined ? values : [value]
}
