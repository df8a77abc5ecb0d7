import { LRUCache } from 'lru-cache'
import type { FieldCipher } from '../../provider/ports/field-cipher.ts'

/** What a key of a limit, which may be somebody's address, is called outside this process. */
export type NameLimitKey = (key: string) => string

const rememberedKeys = 5_000

/**
 * Keyed, because addresses can be guessed: an unkeyed hash of one shows whose it is to whoever tries them all. The same keys
 * come again and again, so the last few thousand names are remembered. 128 bits are plenty against accidents, and the only
 * harm in a collision is a limit shared by two.
 */
export function createLimitKeyNamer(cipher: Pick<FieldCipher, 'blindIndex'>): NameLimitKey {
  const names = new LRUCache<string, string>({
    max: rememberedKeys,
    memoMethod: key => cipher.blindIndex('rate-limit', key).toString('base64url', 0, 16),
  })
  return key => names.memo(key)
}
