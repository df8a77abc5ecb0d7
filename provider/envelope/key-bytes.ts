import { randomBytes } from 'node:crypto'

export const dataKeyBytes = 32

export function newKeyBytes(): Buffer {
  return randomBytes(dataKeyBytes)
}
