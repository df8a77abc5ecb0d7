import { z } from 'zod'

/*
 * What a browser sends back (Web Authentication Level 3, §5.1.8.1 and §5.1.8.2), as far as it is looked at: extensions were not asked
 * for, and what else stands there is left out.
 */

/** Without padding (RFC 4648 §5), in its one canonical spelling. */
function base64url(maximumCharacters: number) {
  return z
    .string()
    .min(1)
    .max(maximumCharacters)
    .refine(text => Buffer.from(text, 'base64url').toString('base64url') === text)
}

/** §4: a credential id has at most 1,023 bytes. */
const credentialId = base64url(1364)

const transports = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const

export type Transport = (typeof transports)[number]

/** Those that are known: the list grows with the standard. */
export function keepKnownTransports(given: readonly string[]): Transport[] {
  return transports.filter(known => given.includes(known))
}

const registrationSchema = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(8192),
    attestationObject: base64url(32_768),
    transports: z.array(z.string().max(32)).max(16).optional().catch(undefined),
  }),
})

const authenticationSchema = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(8192),
    authenticatorData: base64url(8192),
    signature: base64url(8192),
    /** §5.4.3: 1 to 64 bytes. Some browsers write null where there is none. */
    userHandle: base64url(86).nullish(),
  }),
})

/** §5.8.1. */
const clientDataSchema = z.object({
  type: z.string(),
  challenge: z.string().max(128),
  origin: z.string().max(512),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.string().optional(),
})

export type RegistrationResponse = z.infer<typeof registrationSchema>
export type AuthenticationResponse = z.infer<typeof authenticationSchema>
export type ClientData = z.infer<typeof clientDataSchema>

type Parsed<Response> = { response: Response; clientData: ClientData } | undefined

/** Takes the text of a form's field, or what was parsed from it; undefined where it is no such response. */
export function parseRegistration(given: unknown): Parsed<RegistrationResponse> {
  return parseResponse(registrationSchema, given)
}

export function parseAuthentication(given: unknown): Parsed<AuthenticationResponse> {
  return parseResponse(authenticationSchema, given)
}

function parseResponse<Response extends { id: string; rawId: string; response: { clientDataJSON: string } }>(
  schema: z.ZodType<Response>,
  given: unknown,
): Parsed<Response> {
  const { data: response } = schema.safeParse(typeof given === 'string' ? parseJson(given) : given)
  if (response === undefined || response.id !== response.rawId) return undefined
  const { data: clientData } = clientDataSchema.safeParse(parseJson(decodeUtf8(response.response.clientDataJSON)))
  return clientData && { response, clientData }
}

function decodeUtf8(encoded: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64url'))
  } catch {
    return undefined
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
