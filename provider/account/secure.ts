import { renderAccountEnded, renderAccountSecure } from '../../views/account/secure.tsx'
import { html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { securePath } from '../users/notices.ts'
import type { AccountParts } from './surroundings.ts'

/**
 * For whoever was told of something that they had not done. Mails lead here, and scanners open what mails lead to and press what they
 * find: so there is a fresh sign-in before it, and its one button alone ends anything.
 */
export function secureRoutes({ accountRoute, data, sessionEnder, notices }: AccountParts): Route[] {
  return [
    accountRoute({
      method: 'GET',
      path: securePath,
      changesFactors: true,
      async handler({ mode, user, page }) {
        const sessions = await data.read(mode, ({ sessions: all }) => all.listForUser(user.id))
        const { erasureDueAt } = user
        return html(renderAccountSecure(page, { form: { action: securePath }, sessions: sessions.length, erasureDueAt }))
      },
    }),
    accountRoute({
      method: 'POST',
      path: securePath,
      comeBackTo: securePath,
      changesFactors: true,
      async handler({ mode, user, facts, browser, circumstances, page }) {
        const sessions = await data.read(mode, ({ sessions: all }) => all.listForUser(user.id))
        // This one too: whoever has its cookie may be somebody else besides.
        await sessionEnder.endOtherSessions(user.id, undefined, {
          reason: 'ended-by-notice',
          circumstances,
          async alongside(repositories) {
            // Whoever it was is told of when they come back, and no browser of theirs vouches for them.
            await repositories.knownBrowsers.forgetOthers(user.id, browser)
            await notices.notify(repositories, user, { kind: 'sessions-ended', count: sessions.length }, facts)
          },
        })
        return html(renderAccountEnded(page, { reason: 'secured' }))
      },
    }),
  ]
}
