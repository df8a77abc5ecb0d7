import { z } from 'zod'
import { renderAccountConfirm } from '../../views/account/confirm.tsx'
import { renderUpstreamRefused, type UpstreamRefusedProps } from '../../views/sign-in/upstream-refused.tsx'
import { ofRequest } from '../audit/record.ts'
import type { Connection } from '../connections/connection.ts'
import { type Answer, html } from '../http/answer.ts'
import { findBrowser } from '../http/browser-cookie.ts'
import type { Context } from '../http/context.ts'
import { negotiateLocale } from '../http/locale.ts'
import type { Pages } from '../http/pages.ts'
import type { Route } from '../http/route.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { BrowserSessions } from '../oidc/signed-in.ts'
import type { Data } from '../ports/data.ts'
import type { UserRecord } from '../ports/records.ts'
import type { Standing } from '../sign-in/standing.ts'
import type { UpstreamPeople } from '../sign-in/upstream-people.ts'
import type { ReceiveLink } from '../sign-in/upstream-visits.ts'
import { withoutVoid } from '../policy/void-proofs.ts'
import { linkHref, linkPath as path } from './linking-paths.ts'
import { goOn } from './outcome.ts'
import type { AccountParts } from './surroundings.ts'
import { waysInPath } from './ways-in.ts'

const params = z.object({ id: z.string() })

/** An account elsewhere that is to lead into this one: asked for here, by who has just signed in at their account's highest level. */
export function linkingRoutes({ accountRoute, connections, visits }: AccountParts): Route[] {
  function find(id: string): Connection {
    const connection = connections.find(each => each.id === id)
    if (connection === undefined) throw new AppError('not-found')
    return connection
  }

  return connections.length === 0
    ? []
    : [
        accountRoute({
          method: 'GET',
          path,
          params,
          changesFactors: true,
          handler({ page, params: { id } }) {
            const { label: subject } = find(id)
            return html(
              renderAccountConfirm(page, { section: 'ways-in', question: 'link', subject, form: { action: linkHref(id) } }),
            )
          },
        }),
        accountRoute({
          method: 'POST',
          path,
          params,
          comeBackTo: waysInPath,
          changesFactors: true,
          async handler({ page, signedIn: { userId, sessionUid }, browser, params: { id } }) {
            const connection = find(id)
            const departure = await visits.depart(connection, { uiLocale: page.locale, prompt: 'select_account' })
            if (departure.kind === 'refused')
              return html(
                renderUpstreamRefused(page, {
                  service: connection.label,
                  reason: departure.reason,
                  backToAccount: waysInPath,
                }),
                400,
              )
            await departure.keep({ kind: 'link', userId, sessionUid }, browser)
            return { kind: 'redirect', to: departure.url }
          },
        }),
      ]
}

/** Takes the upstream's answer, for the session in which it was asked for and no other. */
export function createLinkReceiver({
  data,
  clock,
  pages,
  sessions,
  people,
  standing,
}: {
  data: Data
  clock: Clock
  pages: Pages
  sessions: BrowserSessions
  people: UpstreamPeople
  standing: Standing
}): ReceiveLink {
  return async function receive(ctx, { id, label: service }, errand, answer) {
    const signedIn = await sessions.find(ctx)
    if (signedIn?.sessionUid !== errand.sessionUid || signedIn.userId !== errand.userId) throw new AppError('not-signed-in')
    const mode = { kind: 'self', userId: errand.userId } as const
    const user = await data.read(mode, ({ users }) => users.findById(errand.userId))
    if (user?.status !== 'active') throw new AppError('not-signed-in')
    if (answer.kind === 'refused') return refuse(ctx, user, service, answer.reason)
    const { multiFactor: _, signedInAt: __, ...subject } = answer.account
    const { facts } = ctx.state
    const circumstances = ofRequest(facts, { kind: 'user', userId: user.id }, clock)
    try {
      const isLinked = await data.scoped(mode, async repositories => {
        // What was shown when they left may not be enough any more: ten minutes are over, or a factor was added meanwhile.
        await repositories.accounts.lock(user.id)
        const current = await repositories.users.findById(user.id)
        if (current?.status !== 'active') return false
        const proofs = withoutVoid(signedIn.proofs, current, findBrowser(ctx))
        const enrolments = standing.enrolmentsIn(await repositories.accounts.findFactors(user.id))
        if (!standing.mayChangeFactors(proofs, enrolments)) return false
        await people.link(repositories, user, subject, { facts, circumstances })
        return true
      })
      // Its page asks for a fresh sign-in first.
      if (!isLinked) return { kind: 'redirect', to: linkHref(id) }
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error
      const own = await data.read(mode, ({ upstreamIdentities }) => upstreamIdentities.listForUser(user.id))
      const isTheirs = own.some(
        each => each.connection === subject.connection && each.issuer === subject.issuer && each.subject === subject.subject,
      )
      if (!isTheirs) return refuse(ctx, user, service, 'somebody-elses')
    }
    return goOn(ctx, waysInPath, 'linked')
  }

  function refuse(ctx: Context, user: UserRecord, service: string, reason: UpstreamRefusedProps['reason']): Answer {
    const page = pages.context({ locale: negotiateLocale(ctx, user.locale) })
    return html(renderUpstreamRefused(page, { service, reason, backToAccount: waysInPath }), 400)
  }
}
