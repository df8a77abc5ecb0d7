import type { AccessToken } from './verify-token.ts'

/** What cannot be undone takes a second factor or better, and the person themselves, ten minutes ago at most. */
const enough = ['multi-factor', 'phr', 'phrh']
const longestAgo = 600

/** The challenge of RFC 9470 §3, which tells the app what to ask the issuer for. */
export const stepUpChallenge = [
  'Bearer realm="fieldnotes"',
  'error="insufficient_user_authentication"',
  'error_description="Deleting takes a second step, within the last ten minutes"',
  'acr_values="multi-factor"',
  `max_age="${longestAgo}"`,
].join(', ')

export function isSteppedUp({ acr, auth_time: signedInAt }: AccessToken): boolean {
  return acr !== undefined && enough.includes(acr) && signedInAt !== undefined && Date.now() / 1000 - signedInAt <= longestAgo
}
