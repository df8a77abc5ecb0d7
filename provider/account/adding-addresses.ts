import {
  type AddAddressProps,
  type ConfirmAddressProps,
  renderAccountAddAddress,
  renderAccountConfirmAddress,
} from '../../views/account/add-address.tsx'
import type { PageContext } from '../../views/page-context.ts'
import { recordEvent } from '../audit/record.ts'
import { type Answer, html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { newId } from '../kernel/ids.ts'
import { normaliseAddress } from '../sign-in/address.ts'
import { createAddressClaims } from './address-claims.ts'
import { goOn } from './outcome.ts'
import type { AccountParts } from './surroundings.ts'

export const addressesPath = '/account/addresses'
export const addingPath = `${addressesPath}/add`

/** One more address: a code goes there, and is typed here. */
export function addingAddressRoutes(parts: AccountParts): Route[] {
  const { accountRoute, data, clock, notices } = parts
  const claims = createAddressClaims(parts)

  function showForm(page: PageContext, problem?: AddAddressProps['problem'], typed?: string): Answer {
    const props = { form: { action: addingPath }, problem, typed }
    return html(renderAccountAddAddress(page, props), problem === undefined ? 200 : 400)
  }

  function showClaim(page: PageContext, shown: Pick<ConfirmAddressProps, 'address' | 'problem' | 'typed' | 'outcome'>): Answer {
    const forms = {
      confirm: { action: `${addingPath}/confirm` },
      resend: { action: `${addingPath}/again` },
      drop: { action: `${addingPath}/drop` },
    }
    return html(renderAccountConfirmAddress(page, { ...shown, ...forms }), shown.problem === undefined ? 200 : 400)
  }

  return [
    accountRoute({
      method: 'GET',
      path: addingPath,
      changesFactors: true,
      async handler({ mode, user, page, outcome }) {
        const claim = await data.read(mode, repositories => claims.find(repositories, user.id))
        return claim === undefined ? showForm(page) : showClaim(page, { address: claim.address, outcome })
      },
    }),
    accountRoute({
      method: 'POST',
      path: addingPath,
      comeBackTo: addingPath,
      changesFactors: true,
      async handler({ mode, user, form, browser, facts, circumstances, page }) {
        const typed = form['address'] ?? ''
        if (typed.trim() === '') return showForm(page, 'field-needed')
        const address = normaliseAddress(typed)
        if (address === undefined) return showForm(page, 'address-unusable', typed)
        const own = await data.read(mode, ({ accounts }) => accounts.listAddresses(user.id))
        if (own.some(each => each.address === address)) return showForm(page, 'yours-already', typed)
        await claims.begin(user, address, { browser, facts, circumstances })
        return { kind: 'redirect', to: addingPath }
      },
    }),
    accountRoute({
      method: 'POST',
      path: `${addingPath}/confirm`,
      comeBackTo: addingPath,
      changesFactors: true,
      async handler({ ctx, mode, user, form, facts, page, circumstances }) {
        const typed = form['code'] ?? ''
        await claims.limit(user.id)
        const verdict = await data.scoped(mode, async repositories => {
          if (typed.trim() === '') return { kind: 'empty', claim: await claims.find(repositories, user.id) } as const
          const found = await claims.verify(repositories, user.id, typed)
          if (found.kind !== 'proved') return found
          const { address } = found
          const id = newId()
          await repositories.accounts.addAddress({ id, userId: user.id, address, verifiedAt: clock() })
          await recordEvent(
            repositories,
            { action: 'address.added', userId: user.id, address_id: id, after: { address } },
            circumstances,
          )
          await notices.notify(repositories, user, { kind: 'address-added', address }, facts)
          return found
        })
        switch (verdict.kind) {
          case 'empty':
            return verdict.claim === undefined
              ? showForm(page, 'claim-over')
              : showClaim(page, { address: verdict.claim.address, problem: 'field-needed' })
          case 'wrong':
            return showClaim(page, { address: verdict.address, problem: 'code-wrong', typed })
          case 'over':
            return showForm(page, 'claim-over')
          case 'proved':
            return goOn(ctx, addressesPath, 'address-added')
        }
      },
    }),
    accountRoute({
      method: 'POST',
      path: `${addingPath}/again`,
      comeBackTo: addingPath,
      changesFactors: true,
      async handler({ ctx, mode, user, browser, facts, circumstances, page }) {
        const claim = await data.read(mode, repositories => claims.find(repositories, user.id))
        if (claim === undefined) return showForm(page, 'claim-over')
        await claims.begin(user, claim.address, { browser, facts, circumstances })
        return goOn(ctx, addingPath, 'code-resent')
      },
    }),
    accountRoute({
      method: 'POST',
      path: `${addingPath}/drop`,
      comeBackTo: addressesPath,
      async handler({ mode, user }) {
        await data.scoped(mode, ({ accounts }) => accounts.deleteAddressClaim(user.id))
        return { kind: 'redirect', to: addingPath }
      },
    }),
  ]
}
