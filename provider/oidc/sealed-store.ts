import type { AdapterPayload } from 'oidc-provider'
import type { Clock } from '../kernel/clock.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'

/** Turns payloads of oidc-provider into what may lie in the store, and back: ciphertext, without the id that is its secret. */
export interface PayloadSealer {
  seal(key: string, payload: AdapterPayload): string
  open(key: string, sealed: string): AdapterPayload
}

export function createPayloadSealer(cipher: FieldCipher, column: string): PayloadSealer {
  return {
    seal(key, { jti: _id, ...kept }) {
      return cipher.installation.seal({ table: 'store', column, row: key }, JSON.stringify(kept)).toString('base64url')
    },
    open(key, sealed) {
      // What was sealed under this very key and column is what `seal` was given.
      return JSON.parse(
        cipher.installation.open({ table: 'store', column, row: key }, Buffer.from(sealed, 'base64url')),
      ) as AdapterPayload
    },
  }
}

export function secondsLeft(payload: AdapterPayload, clock: Clock): number {
  return Math.max(1, (payload.exp ?? 0) - epochSeconds(clock))
}

export function epochSeconds(clock: Clock): number {
  return Math.floor(clock().getTime() / 1000)
}
