import rawBody from 'raw-body'
import { AppError } from '../kernel/errors.ts'
import type { Context } from './context.ts'

const limitBytes = 64 * 1024

/** Reads a body of at most 64 KiB that has to be of the media type; an absent one is empty. */
export async function readBody(ctx: Context, type: string): Promise<string> {
  if (ctx.request.length === 0 || (ctx.request.length === undefined && ctx.get('transfer-encoding') === '')) return ''
  if (ctx.is(type) === false) throw new AppError('unsupported-media-type')
  return rawBody(ctx.req, { length: ctx.request.length, limit: limitBytes, encoding: 'utf-8' }).catch((cause: unknown) => {
    const tooLarge = cause instanceof Error && 'type' in cause && cause.type === 'entity.too.large'
    throw new AppError(tooLarge ? 'too-large' : 'bad-request', { cause })
  })
}

/** Reads a body of JSON (RFC 8259); undefined where there is none. */
export async function readJson(ctx: Context): Promise<unknown> {
  const text = await readBody(ctx, 'application/json')
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('bad-request', { detail: 'The body is no JSON.', cause })
  }
}
