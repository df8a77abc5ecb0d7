import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import type { DataKey, KeyOwner } from '../ports/field-cipher.ts'
import { openBytes, type Place, sealBytes } from './sealed-bytes.ts'

export const dataKeyBytes = 32

export function newKeyBytes(): Buffer {
  return randomBytes(dataKeyBytes)
}

export function ownerId(owner: KeyOwner): string {
  switch (owner.kind) {
    case 'installation':
      return ''
    case 'workspace':
      return owner.workspaceId
    case 'user':
      return owner.userId
  }
}

/** The owner's key, ready to seal and open. The owner is bound to every ciphertext beside the key. */
export function dataKeyOf(owner: KeyOwner, key: Buffer | KeyObject): DataKey {
  const secret = Buffer.isBuffer(key) ? createSecretKey(key) : key
  const id = ownerId(owner)
  const placeOf = (table: string, column: string, row: string): Place => [owner.kind, id, table, column, row]
  return {
    seal: ({ table, column, row }, plaintext) => sealBytes(secret, placeOf(table, column, row), plaintext),
    open: ({ table, column, row }, sealed) => openBytes(secret, placeOf(table, column, row), sealed).toString('utf8'),
  }
}
