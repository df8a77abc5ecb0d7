import { createRemoteJWKSet, jwtVerify } from 'jose'
import { type Answer, UnexpectedAnswer } from './browser.ts'

export interface TokenAnswer {
  access_token: string
  token_type: string
  expires_in: number
  id_token?: string
  refresh_token?: string
  scope?: string
}

/** Reads what `/token` answered and checks what can be checked without a key. */
export function readTokens(answer: Answer, step: string, options: { opaqueAccessToken?: boolean } = {}): TokenAnswer {
  if (answer.status !== 200) throw new UnexpectedAnswer(step, answer)
  const tokens = JSON.parse(answer.body) as TokenAnswer
  if (tokens.token_type !== 'Bearer') throw new Error(`${step}: token_type is ${tokens.token_type}`)
  if (!options.opaqueAccessToken) checkAccessToken(tokens.access_token, step)
  return tokens
}

function decodePart(part: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Record<string, unknown>
}

function checkAccessToken(token: string, step: string): void {
  const parts = token.split('.')
  if (parts.length !== 3) throw new Error(`${step}: the access token is no JWT`)
  const { alg, typ } = decodePart(parts[0])
  const { iat, exp } = decodePart(parts[1])
  if (alg !== 'ES256' || typ !== 'at+jwt') throw new Error(`${step}: the access token has alg ${String(alg)}, typ ${String(typ)}`)
  if (Number(exp) - Number(iat) !== 3600) throw new Error(`${step}: the access token lives ${Number(exp) - Number(iat)} s`)
}

/** Verifies signatures by the published keys. Done for a sample outside the measured time. */
export async function verifySignatures(issuer: string, jwksUri: string, tokens: string[]): Promise<void> {
  const keys = createRemoteJWKSet(new URL(jwksUri))
  for (const token of tokens) await jwtVerify(token, keys, { issuer })
}
