import { parse } from 'node:querystring'
import { AppError } from '../kernel/errors.ts'
import { readBody } from './body.ts'
import type { Context } from './context.ts'

// A role can have as many permissions as all apps together register, each a box to be ticked.
const maximumFields = 1000

/**
 * Reads an `application/x-www-form-urlencoded` body of at most 64 KiB. Each field has one value: of a field that is sent twice
 * nobody knows which is meant. An absent body is an empty form.
 */
export async function readForm(ctx: Context): Promise<Record<string, string>> {
  const text = await readFormText(ctx)
  const form: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(parse(text, undefined, undefined, { maxKeys: maximumFields }))) {
    if (typeof value !== 'string') throw new AppError('bad-request', { detail: 'A form field was sent more than once.' })
    form[name] = value
  }
  return form
}

/** The same body as it was sent. */
export function readFormText(ctx: Context): Promise<string> {
  return readBody(ctx, 'application/x-www-form-urlencoded')
}
