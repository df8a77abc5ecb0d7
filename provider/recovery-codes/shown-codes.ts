import { z } from 'zod'
import { hashSecret } from '../kernel/secrets.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { Store } from '../ports/store.ts'

const lifetimeSeconds = 900
const kept = z.array(z.string())

export type ShownCodes = ReturnType<typeof createShownCodes>

/**
 * New codes while somebody looks at them: their page can be loaded again, in another language, and saved as a file, until the person
 * says that they have them, for a quarter of an hour at most. Kept sealed, and bound to whoever they were made for.
 */
export function createShownCodes({ store, cipher }: { store: Store; cipher: FieldCipher }) {
  const rowOf = (binding: string) => hashSecret(binding).toString('base64url')
  const keyFor = (row: string) => `recovery-codes-shown:${row}`
  const contextOf = (row: string) => ({ table: 'recovery-codes-shown', column: 'codes', row })

  return {
    async keep(binding: string, codes: readonly string[]): Promise<void> {
      const row = rowOf(binding)
      const sealed = cipher.installation.seal(contextOf(row), JSON.stringify(codes)).toString('base64url')
      await store.put(keyFor(row), sealed, lifetimeSeconds)
    },

    async find(binding: string): Promise<readonly string[] | undefined> {
      const row = rowOf(binding)
      const sealed = await store.get(keyFor(row))
      if (sealed === undefined) return undefined
      return kept.parse(JSON.parse(cipher.installation.open(contextOf(row), Buffer.from(sealed, 'base64url'))))
    },

    async forget(binding: string): Promise<void> {
      await store.delete(keyFor(rowOf(binding)))
    },
  }
}
