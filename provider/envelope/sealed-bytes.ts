import type { KeyObject } from 'node:crypto'
import { decrypt, encrypt, encryptionOverhead } from '../kernel/encryption.ts'

/** What is sealed is: version | what `encrypt` makes, with the place as additional data. */
const version = 1

/** What says where a ciphertext belongs: as JSON, which no two lists of strings share. */
export type Place = readonly string[]

export function sealBytes(key: KeyObject, place: Place, plaintext: string | Buffer): Buffer {
  return Buffer.concat([Buffer.of(version), encrypt(key, plaintext, JSON.stringify(place))])
}

/** Throws where the bytes were altered, belong to another place, or were sealed under another key. */
export function openBytes(key: KeyObject, place: Place, sealed: Buffer): Buffer {
  if (sealed.length < 1 + encryptionOverhead || sealed[0] !== version) {
    throw new Error(`What was kept at ${place.join('/')} is not in a sealed form that this version knows.`)
  }
  try {
    return decrypt(key, sealed.subarray(1), JSON.stringify(place))
  } catch (cause) {
    throw new Error(`What was kept at ${place.join('/')} was altered, moved, or sealed under another key.`, { cause })
  }
}
