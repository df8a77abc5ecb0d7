/**
 * How values travel, in one place for both databases: as the text of PostgreSQL's own types, and bytes as bytes. The two
 * client libraries would each convert in their own way (PGlite gives int8 as number or bigint, pg as text).
 */

export type SqlValue =
  | string
  | number
  | boolean
  | Date
  | Buffer
  | readonly string[]
  | Readonly<Record<string, unknown>>
  | null
  | undefined

/** What goes over the wire: text, bytes in binary form, or null. */
export type WireValue = string | Buffer | null

/** Objects travel as JSON. */
export function encodeValue(value: unknown): WireValue {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return null
  if (Buffer.isBuffer(value)) return value
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return encodeArray(value)
  // A number or a boolean is the same text in JSON and in SQL.
  return JSON.stringify(value)
}

function encodeArray(items: readonly unknown[]): string {
  const encoded = items.map(item => {
    const text = encodeValue(item)
    return text === null ? 'NULL' : `"${text.toString().replace(/["\\]/g, '\\$&')}"`
  })
  return `{${encoded.join(',')}}`
}

type Decode = (text: string) => unknown

const asText: Decode = text => text

/** By type number, as pg_type has them. A type that is not listed arrives as text. */
const decoders: Record<number, Decode> = {
  16: text => text === 't',
  17: text => Buffer.from(text.slice(2), 'hex'),
  20: decodeCount,
  21: Number,
  23: Number,
  26: Number,
  114: text => JSON.parse(text),
  701: Number,
  1009: decodeTextArray,
  1184: decodeMoment,
  3802: text => JSON.parse(text),
}

export function findDecoder(typeNumber: number): Decode {
  return decoders[typeNumber] ?? asText
}

/** Counts, sizes and time steps: what is no number of JavaScript's is no count either, and is refused, not rounded. */
function decodeCount(text: string): number {
  const count = Number(text)
  if (!Number.isSafeInteger(count)) throw new RangeError('The database answered a number that is too large to be exact')
  return count
}

/** "2026-11-20 13:31:46.865+00", in whatever time zone the session has. */
function decodeMoment(text: string): Date {
  const plain = text.replace(' ', 'T')
  if (plain.endsWith('+00')) return new Date(`${plain.slice(0, -3)}Z`)
  return new Date(/[+-]\d\d$/.test(plain) ? `${plain}:00` : plain)
}

function decodeTextArray(text: string): string[] {
  if (text === '{}') return []
  if (!text.includes('"')) return text.slice(1, -1).split(',')
  return Array.from(text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/g), ([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/g, '$1'),
  )
}

/** Text with a NUL is none to PostgreSQL, which would end the transaction over it: so nothing can be found by it either. */
export function canBeKept(text: string): boolean {
  return !text.includes('\0')
}

/** SQL's null is a record's undefined. */
export function fromNullable<Value>(value: Value | null): Value | undefined {
  return value === null ? undefined : value
}
