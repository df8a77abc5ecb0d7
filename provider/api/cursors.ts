import { constantTimeEqual } from '../kernel/secrets.ts'
import { AppError } from '../kernel/errors.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { PagePosition } from '../ports/workspace-repositories.ts'

/** Bytes of the signature: nobody gets to guess more than a few. */
const signatureBytes = 16

export type Cursors = ReturnType<typeof createCursors>

/** Signed positions in lists. Each is good for the list of the workspace that it was made for, and for no other. */
export function createCursors(cipher: Pick<FieldCipher, 'blindIndex'>) {
  const sign = (list: string, position: string) =>
    cipher.blindIndex('api-cursor', `${list}\n${position}`).subarray(0, signatureBytes)

  return {
    write(list: string, { moment, id }: PagePosition): string {
      const position = `${moment.getTime()}.${id}`
      return Buffer.concat([sign(list, position), Buffer.from(position)]).toString('base64url')
    },

    /** Rejects with AppError `bad-request` where we did not write it, or for another list. */
    read(list: string, cursor: string): PagePosition {
      const bytes = Buffer.from(cursor, 'base64url')
      const position = bytes.subarray(signatureBytes).toString()
      const [, moment, id] = /^(-?\d+)\.(.+)$/.exec(position) ?? []
      const isOurs = constantTimeEqual(bytes.subarray(0, signatureBytes), sign(list, position))
      if (!isOurs || moment === undefined || id === undefined)
        throw new AppError('bad-request', { detail: 'The cursor is not one of this list. Begin without one.' })
      return { moment: new Date(Number(moment)), id }
    },
  }
}
