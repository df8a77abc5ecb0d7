import { createSecretKey, type KeyObject } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { DataKey, KeyOwner } from '../ports/field-cipher.ts'
import type { Generation } from './keyring.ts'
import { openBytes, openGeneration, type Place, sealBytes } from './sealed-bytes.ts'

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

/** The one key of an owner who has no keyring, ready to seal and open. The owner is bound to every ciphertext beside the key. */
export function dataKeyOf(owner: KeyOwner, secret: KeyObject): DataKey {
  const placeOf = placesOf(owner)
  return {
    seal: ({ table, column, row }, plaintext) => sealBytes(secret, placeOf(table, column, row), plaintext),
    open: ({ table, column, row }, sealed) => openBytes(secret, placeOf(table, column, row), sealed).toString('utf8'),
  }
}

/** A keyring, ready to seal under the newest generation whose time has come, and to open what any of them has sealed. */
export function dataKeyOfRing(owner: KeyOwner, generations: readonly Generation[], clock: Clock): DataKey {
  const placeOf = placesOf(owner)
  const held = generations.map(({ number, sealsFrom, key }) => ({ number, sealsFrom, secret: createSecretKey(key) }))
  const find = (number: number) => held.find(generation => generation.number === number)?.secret
  const current = () => {
    const now = held.length > 1 ? clock() : undefined
    const found = now === undefined ? held[0] : held.find(({ sealsFrom }) => sealsFrom <= now)
    if (!found) throw new Error('No generation of the keyring seals yet.')
    return found
  }
  return {
    seal: ({ table, column, row }, plaintext) => {
      const { secret, number } = current()
      return sealBytes(secret, placeOf(table, column, row), plaintext, number)
    },
    open: ({ table, column, row }, sealed) => openGeneration(find, placeOf(table, column, row), sealed).toString('utf8'),
  }
}

function placesOf(owner: KeyOwner): (table: string, column: string, row: string) => Place {
  const id = ownerId(owner)
  return (table, column, row) => [owner.kind, id, table, column, row]
}
