import { newKeyBytes } from './key-bytes.ts'

/** One key of an owner's keyring. Its number never comes back. */
export interface Generation {
  number: number
  /** Opens from the beginning, and seals from then on: every process holds it by then. */
  sealsFrom: Date
  key: Buffer
}

/*
 * A keyring, as it is wrapped: its generations, the newest first, each as number (32 bits) | seals from (milliseconds, 48 bits) |
 * key. The key alone is generation 1, as it was before there were others; and so is what it sealed (sealed-bytes.ts).
 */
const keyBytes = 32
const headerBytes = 4 + 6
const generationBytes = headerBytes + keyBytes

export function firstGeneration(key: Buffer): Generation[] {
  return [{ number: 1, sealsFrom: new Date(0), key }]
}

/** Throws where it is no keyring. */
export function readKeyring(bytes: Buffer): Generation[] {
  if (bytes.length === keyBytes) return firstGeneration(bytes)
  if (bytes.length === 0 || bytes.length % generationBytes !== 0) throw new Error('What was unwrapped is no keyring.')
  return Array.from({ length: bytes.length / generationBytes }, (_, index) => {
    const entry = bytes.subarray(index * generationBytes, (index + 1) * generationBytes)
    return { number: entry.readUInt32BE(), sealsFrom: new Date(entry.readUIntBE(4, 6)), key: entry.subarray(headerBytes) }
  })
}

export function writeKeyring(generations: readonly Generation[]): Buffer {
  const [only] = generations
  if (only && generations.length === 1 && only.number === 1) return only.key
  return Buffer.concat(
    generations.map(({ number, sealsFrom, key }) => {
      const header = Buffer.alloc(headerBytes)
      header.writeUInt32BE(number)
      header.writeUIntBE(sealsFrom.getTime(), 4, 6)
      return Buffer.concat([header, key])
    }),
  )
}

export function addNewest(generations: readonly Generation[], sealsFrom: Date): Generation[] {
  const number = Math.max(...generations.map(generation => generation.number)) + 1
  return [{ number, sealsFrom, key: newKeyBytes() }, ...generations]
}
