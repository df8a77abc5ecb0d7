import type { ClientData } from './responses.ts'

export type ClientDataRefusal = 'malformed' | 'cross-origin' | 'wrong-origin'

/**
 * Where a ceremony took place (Web Authentication Level 3, §7.1 steps 7 to 12, §7.2 steps 10 to 14): on a page of ours, on top, not
 * in another site's frame. Undefined: there.
 */
export function refuseClientData(
  clientData: ClientData,
  type: 'webauthn.create' | 'webauthn.get',
  origins: readonly string[],
): ClientDataRefusal | undefined {
  if (clientData.type !== type) return 'malformed'
  if (clientData.crossOrigin === true || clientData.topOrigin !== undefined) return 'cross-origin'
  if (!origins.includes(clientData.origin)) return 'wrong-origin'
  return undefined
}
