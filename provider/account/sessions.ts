import { renderAccountSessions } from '../../views/account/sessions.tsx'
import { html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { goOn } from './outcome.ts'
import type { AccountParts } from './surroundings.ts'

const path = '/account/sessions'

/** Where somebody is signed in: ending one of it, or all but this. */
export function sessionRoutes({ accountRoute, data, clock, sessionEnder }: AccountParts): Route[] {
  return [
    accountRoute({
      method: 'GET',
      path,
      async handler({ mode, user, signedIn, page, outcome }) {
        const now = clock()
        const all = await data.read(mode, ({ sessions }) => sessions.listForUser(user.id))
        const sessions = all
          .filter(({ expiresAt }) => expiresAt > now)
          .map(({ uid, device, place, ip, createdAt, lastUsedAt }) => ({
            device,
            place,
            ip,
            beganAt: createdAt,
            lastUsedAt,
            current: uid === signedIn.sessionUid,
            end: { action: `${path}/end`, fields: { session: uid } },
          }))
          .toSorted((a, b) => Number(b.current) - Number(a.current) || b.lastUsedAt.getTime() - a.lastUsedAt.getTime())
        return html(renderAccountSessions(page, { now, sessions, endOthers: { action: `${path}/end-others` }, outcome }))
      },
    }),
    accountRoute({
      method: 'POST',
      path: `${path}/end`,
      comeBackTo: path,
      async handler({ ctx, user, signedIn, form, circumstances }) {
        const uid = form['session'] ?? ''
        const reason = uid === signedIn.sessionUid ? 'ended-here' : 'ended-elsewhere'
        if (!(await sessionEnder.endSession(user.id, uid, { reason, circumstances }))) throw new AppError('not-found')
        return goOn(ctx, path, 'session-ended')
      },
    }),
    accountRoute({
      method: 'POST',
      path: `${path}/end-others`,
      comeBackTo: path,
      async handler({ ctx, user, signedIn, browser, circumstances }) {
        await sessionEnder.endOtherSessions(user.id, signedIn.sessionUid, { reason: 'ended-elsewhere', browser, circumstances })
        return goOn(ctx, path, 'others-ended')
      },
    }),
  ]
}
