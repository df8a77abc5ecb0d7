import { AppError } from '../kernel/errors.ts'
import type { Context } from './context.ts'

/**
 * Refuses a form that another site made the browser send. Every browser in use sends Origin with a POST; `null` (sandboxed
 * frames, data: URLs) is nobody's. Where Origin is missing, Fetch Metadata has to say that the request is our own.
 */
export function assertSameOrigin(ctx: Context, issuer: string): void {
  const origin = ctx.get('origin')
  const site = ctx.get('sec-fetch-site')
  const sameOrigin = origin === '' ? site === 'same-origin' : origin === issuer
  if (!sameOrigin || (site !== '' && site !== 'same-origin')) throw new AppError('cross-site')
}
