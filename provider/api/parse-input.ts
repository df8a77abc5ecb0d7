import type { ZodType } from 'zod'
import { AppError } from '../kernel/errors.ts'

/** What a request carries, as its schema reads it. The error says which member is wrong and how, and never what was sent. */
export function parseInput<Value>(schema: ZodType<Value> | undefined, input: unknown, place: 'query' | 'body'): Value {
  if (schema === undefined) {
    if (place === 'body' && input !== undefined) throw new AppError('bad-request', { detail: 'This takes no body.' })
    // Where no schema was declared, Value is unknown, and the handler can do nothing with it.
    return undefined as Value
  }
  if (place === 'body' && input === undefined) throw new AppError('bad-request', { detail: 'A body of JSON is needed.' })
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${[place, ...path].map(String).join('.')}: ${message}`)
  throw new AppError('bad-request', { detail: problems.slice(0, 10).join('\n'), cause: parsed.error })
}

/** Ids of what is elsewhere, and what is no id at all, lead to the same nothing. */
export function assertPlainParams(params: Readonly<Record<string, string>>): void {
  if (Object.values(params).some(value => value.length > 200 || /\p{Cc}|\p{Cs}/u.test(value))) throw new AppError('not-found')
}
