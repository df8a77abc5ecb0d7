import { z } from 'zod'
import { readHostCookie, writeHostCookie } from '../http/host-cookie.ts'
import type { Limit } from '../http/limits.ts'
import { type Route, route } from '../http/route.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { Data } from '../ports/data.ts'
import type { KeyWrapper } from '../ports/key-wrapper.ts'
import type { Store } from '../ports/store.ts'
import { isGenuineProbe, type ProbeAnswer, probeCookie, probePath } from './probe.ts'

// Each unwrapping may cost a call to a key management service.
const limits: readonly Limit[] = [{ name: 'doctor', by: 'installation', points: 30, windowSeconds: 60 }]

/** Answers the doctor of this installation; to everybody else there is nothing here. */
export function doctorRoutes(options: {
  keyWrapper: KeyWrapper
  data: Data
  store: Store
  clock: Clock
  trustedProxies: number
}): Route[] {
  const { keyWrapper, data, store, clock, trustedProxies } = options
  return [
    route({
      method: 'POST',
      path: probePath,
      access: 'public',
      mode: 'no-data',
      limits,
      form: z.object({ probe: z.string().max(4096) }),
      async handler({ form, facts, ctx }) {
        if (!(await isGenuineProbe(form.probe, keyWrapper, clock))) throw new AppError('not-found')
        const [databaseAnswers, storeAnswers] = await Promise.all([succeeds(data.ping()), succeeds(store.ping())])
        writeHostCookie(ctx, probeCookie, 'set', 1000)
        const answer: ProbeAnswer = {
          forwardedFor: listForwardedFor(ctx.req.headersDistinct['x-forwarded-for'] ?? []),
          trustedProxies,
          clientAddress: facts.ip,
          cookieArrived: readHostCookie(ctx, probeCookie) !== undefined,
          now: clock().getTime(),
          databaseAnswers,
          storeAnswers,
        }
        return { kind: 'json', body: answer }
      },
    }),
  ]
}

/** As they arrived: `headersDistinct` still has what was taken out of `headers`. */
function listForwardedFor(lines: readonly string[]): string[] {
  return lines.flatMap(line => line.split(',').map(hop => hop.trim())).filter(hop => hop !== '')
}

function succeeds(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  )
}
