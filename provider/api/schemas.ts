import { z } from 'zod'
import { unseen } from '../../views/text.ts'
import { looksLikeWebAddress, readName } from '../users/names.ts'

/** What several operations take or answer. The descriptions are the document's. */

const longestName = 100

/** One line that people read, as it could be typed into a page of ours: refused, where that would make another one of it. */
export const nameText = z
  .string()
  .min(1)
  .max(longestName)
  .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u, 'one line of text')
  .regex(/^\S(.*\S)?$/u, 'text without spaces before or after it')
  .refine(name => readName(name, longestName).kind === 'name', 'text that can be seen')
  .refine(name => name.replaceAll(unseen, '') === name, 'text without characters that are drawn as nothing or turn it around')
  .refine(name => !looksLikeWebAddress(name), 'text that does not look like a web address')

export const moment = z.iso.datetime({ offset: true })

export const id = z.uuid()

const permissionName = z.string().max(200)

export const permissionNames = z.array(permissionName).max(500)

/** Keys of roles, built-in ones or the workspace's own. */
export const roleKeys = z.array(z.string().max(100)).min(1).max(20)

export const requirementLevel = z.enum(['none', 'any-second-factor', 'phishing-resistant'])

/** What of a list is asked for. */
export const pageQuery = z.strictObject({
  cursor: z.string().max(300).optional(),
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, 'a number from 1 to 100')
    .optional(),
})

const defaultLimit = 50

export function readLimit({ limit }: { limit?: string | undefined }): number {
  return limit === undefined ? defaultLimit : Number(limit)
}

/** A page of a list: `next_cursor` asks for the next one, and is null on the last. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), next_cursor: z.string().nullable() })
}
