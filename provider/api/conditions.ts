import type { Context } from '../http/context.ts'
import { AppError } from '../kernel/errors.ts'

/*
 * Who changes something says which version of it they have seen (RFC 9110 §13.1.1, RFC 6585 §3), so that nobody writes over what somebody
 * else did in between.
 */

/** The entity tag of a version. Strong: another version has another one. */
export function entityTag(version: number | string): string {
  return `"${version}"`
}

/**
 * What `If-Match` names: the opaque part of one strong tag, or undefined for `*`, which is any. Rejects with AppError `version-needed`
 * where there is none, and `bad-request` where it is not one tag.
 */
export function readIfMatch(ctx: Context): string | undefined {
  const header = ctx.get('if-match').trim()
  if (header === '')
    throw new AppError('version-needed', { detail: 'Send the ETag that you have seen as If-Match, or If-Match: *' })
  if (header === '*') return undefined
  const [, weak, tag] = /^(W\/)?"([\x21\x23-\x7e]*)"$/.exec(header) ?? []
  if (tag === undefined) throw new AppError('bad-request', { detail: 'If-Match is one entity tag, in double quotes, or *.' })
  // A weak tag matches nothing here (RFC 9110 §13.1.1).
  if (weak !== undefined) throw new AppError('version-stale')
  return tag
}

/** The version that a tag stands for. Rejects with AppError `version-stale` where there can be none such. */
export function versionOf(tag: string | undefined): { version?: number } {
  if (tag === undefined) return {}
  if (!/^[1-9]\d{0,8}$/.test(tag)) throw new AppError('version-stale')
  return { version: Number(tag) }
}
