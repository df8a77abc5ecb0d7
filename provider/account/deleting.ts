import { renderAccountConfirm } from '../../views/account/confirm.tsx'
import { renderAccountEnded } from '../../views/account/secure.tsx'
import { formatDay } from '../../views/times.ts'
import { html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { normaliseAddress } from '../sign-in/address.ts'
import type { AccountInput } from './account-route.ts'
import { deletePath } from './data.ts'
import { scheduleErasure } from './schedule-erasure.ts'
import type { AccountParts } from './surroundings.ts'

/** Deleting an account: at once everybody is signed out, and after a while that it can be taken back in, everything is gone. */
export function deletingRoutes(parts: AccountParts): Route[] {
  const { accountRoute, data, erasureGraceSeconds } = parts

  function ask({ user, page }: AccountInput<unknown>, typed: { value?: string; problem?: 'field-needed' | 'does-not-match' }) {
    return html(
      renderAccountConfirm(page, {
        section: 'data',
        question: 'delete-account',
        subject: user.address,
        days: Math.round(erasureGraceSeconds / 86_400),
        form: { action: deletePath },
        typed,
      }),
      typed.problem === undefined ? 200 : 400,
    )
  }

  return [
    accountRoute({ method: 'GET', path: deletePath, changesFactors: true, handler: input => ask(input, {}) }),
    accountRoute({
      method: 'POST',
      path: deletePath,
      comeBackTo: deletePath,
      changesFactors: true,
      async handler(input) {
        const { user, mode, form, facts, circumstances, page } = input
        const value = form['address'] ?? ''
        if (value.trim() === '') return ask(input, { problem: 'field-needed' })
        const typed = normaliseAddress(value)
        const own = await data.read(mode, ({ accounts }) => accounts.listAddresses(user.id))
        if (!own.some(({ address }) => address === typed)) return ask(input, { value, problem: 'does-not-match' })
        const dueAt = await data.scoped({ kind: 'system', reason: 'protocol' }, repositories =>
          scheduleErasure(repositories, parts, { user, facts, circumstances }),
        )
        return html(renderAccountEnded(page, { reason: 'erasure', day: formatDay(page.locale, dueAt, page.timeZone) }))
      },
    }),
  ]
}
