/** What of CBOR (RFC 8949) an authenticator writes: definite lengths, whole numbers, bytes, text, lists and maps. */
export type CborValue = number | string | Uint8Array | CborValue[] | Map<number | string, CborValue>

export function encodeCbor(value: CborValue): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(encodeCbor)])
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, item]) => [encodeCbor(key), encodeCbor(item)])])
}

function head(majorType: number, argument: number): Buffer {
  const kind = majorType << 5
  if (argument < 24) return Buffer.from([kind | argument])
  if (argument < 0x100) return Buffer.from([kind | 24, argument])
  return Buffer.from([kind | 25, argument >> 8, argument & 0xff])
}
