import { hash } from 'node:crypto'

export const saltBytes = 16

/**
 * What the audit log keeps of a field for ever: base64url(SHA-256(salt | name | value)), name and value each after its length
 * in bytes (32 bits, big-endian), so that no other name and value share the message. The random salt keeps it from being
 * guessed once salt and value are erased.
 */
export function commit(salt: Buffer, name: string, value: string): string {
  const nameBytes = Buffer.byteLength(name)
  const valueBytes = Buffer.byteLength(value)
  const message = Buffer.allocUnsafe(salt.length + 4 + nameBytes + 4 + valueBytes)
  let end = salt.copy(message)
  end = message.writeUInt32BE(nameBytes, end)
  end += message.write(name, end)
  end = message.writeUInt32BE(valueBytes, end)
  message.write(value, end)
  return hash('sha256', message, 'base64url')
}
