import { hashSecret } from '../kernel/secrets.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { Store } from '../ports/store.ts'
import { newTotpSecret } from './codes.ts'

const lifetimeSeconds = 900

/** Who enrols, and where: another attempt or session has another secret. */
export interface PendingOwner {
  userId: string
  binding: string
}

/** Secrets that are shown to somebody and not yet confirmed. They are kept sealed, and for a quarter of an hour. */
export function createPendingSecrets({ store, cipher }: { store: Store; cipher: FieldCipher }) {
  const rowOf = ({ userId, binding }: PendingOwner) => hashSecret(`${userId} ${binding}`).toString('base64url')
  const keyFor = (row: string) => `totp-enrolment:${row}`
  const contextOf = (row: string) => ({ table: 'totp-enrolment', column: 'secret', row })

  async function find(owner: PendingOwner): Promise<Buffer | undefined> {
    const row = rowOf(owner)
    const sealed = await store.get(keyFor(row))
    if (sealed === undefined) return undefined
    return Buffer.from(cipher.installation.open(contextOf(row), Buffer.from(sealed, 'base64url')), 'base64url')
  }

  return {
    find,

    /** The same for as long as it is pending, however often the page is loaded, in as many tabs. */
    async findOrCreate(owner: PendingOwner): Promise<Buffer> {
      const row = rowOf(owner)
      const secret = newTotpSecret()
      const sealed = cipher.installation.seal(contextOf(row), secret.toString('base64url')).toString('base64url')
      const isFirst = await store.compareAndSet(keyFor(row), undefined, sealed, lifetimeSeconds)
      return isFirst ? secret : ((await find(owner)) ?? secret)
    },

    /** True for the one caller who ends it. */
    async end(owner: PendingOwner): Promise<boolean> {
      return (await store.take(keyFor(rowOf(owner)))) !== undefined
    },
  }
}
