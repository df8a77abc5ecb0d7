import type { JWK } from 'jose'
import type { SigningKeyRecord } from '../ports/records.ts'

/** What an installation signs with, as it is when it opens: keys for tokens, and the public halves of those for its audit log. */
export interface OpenedKeys {
  signing: readonly SigningKeyRecord[]
  audit: readonly JWK[]
}

export interface CurrentKeys {
  /** The one key that signs now. */
  signing: SigningKeyRecord
  /** What belongs in the JWKS now, the signing key first: who signs by the first key that fits takes that one. */
  published: SigningKeyRecord[]
}

/** Undefined where no key is left to publish, as before the first start. */
export function currentKeys(records: readonly SigningKeyRecord[], now: Date): CurrentKeys | undefined {
  const published = records.filter(({ retiresAt }) => !retiresAt || retiresAt > now).toSorted(newestFirst)
  // None is due where a node's clock is behind the one that made the first key: it still has to sign.
  const signing = published.find(({ signsFrom }) => signsFrom <= now) ?? published.toSorted(dueFirst)[0]
  return signing && { signing, published: [signing, ...published.filter(key => key !== signing)] }
}

/** The last one made signs as soon as it is due, also where an older one falls due after it. */
export function newestFirst(a: SigningKeyRecord, b: SigningKeyRecord): number {
  return b.createdAt.getTime() - a.createdAt.getTime()
}

function dueFirst(a: SigningKeyRecord, b: SigningKeyRecord): number {
  return a.signsFrom.getTime() - b.signsFrom.getTime()
}
