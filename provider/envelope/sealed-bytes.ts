import type { KeyObject } from 'node:crypto'
import { decrypt, encrypt, encryptionOverhead } from '../kernel/encryption.ts'

/*
 * What is sealed is:
 * 1 | what `encrypt` makes                       under an owner's first generation, and whatever has but one key
 * 2 | generation (32 bits) | what `encrypt` makes   under a later one
 * with the place as additional data.
 */
const byFirst = 1
const byGeneration = 2
const generationHeaderBytes = 5

/** What says where a ciphertext belongs: as JSON, which no two lists of strings share. */
export type Place = readonly string[]

export function sealBytes(key: KeyObject, place: Place, plaintext: string | Buffer, generation = 1): Buffer {
  return Buffer.concat([headerOf(generation), encrypt(key, plaintext, JSON.stringify(place))])
}

/** Throws where the bytes were altered, belong to another place, or were sealed under another key. */
export function openBytes(key: KeyObject, place: Place, sealed: Buffer): Buffer {
  return openGeneration(generation => (generation === 1 ? key : undefined), place, sealed)
}

/** The same where the key is one of several; `find` answers undefined for a generation that isn't there. */
export function openGeneration(find: (generation: number) => KeyObject | undefined, place: Place, sealed: Buffer): Buffer {
  const generation = readGeneration(sealed)
  const header = generation === 1 ? 1 : generationHeaderBytes
  if (generation === undefined || sealed.length < header + encryptionOverhead) {
    throw new Error(`What was kept at ${place.join('/')} is not in a sealed form that this version knows.`)
  }
  const key = find(generation)
  if (!key)
    throw new Error(`What was kept at ${place.join('/')} was sealed under generation ${generation} of a key, which is gone.`)
  try {
    return decrypt(key, sealed.subarray(header), JSON.stringify(place))
  } catch (cause) {
    throw new Error(`What was kept at ${place.join('/')} was altered, moved, or sealed under another key.`, { cause })
  }
}

function readGeneration(sealed: Buffer): number | undefined {
  if (sealed[0] === byFirst) return 1
  // There is one way to write each.
  if (sealed[0] !== byGeneration || sealed.length < generationHeaderBytes) return undefined
  const generation = sealed.readUInt32BE(1)
  return generation > 1 ? generation : undefined
}

function headerOf(generation: number): Buffer {
  if (generation === 1) return Buffer.of(byFirst)
  const header = Buffer.alloc(generationHeaderBytes)
  header[0] = byGeneration
  header.writeUInt32BE(generation, 1)
  return header
}
