import { z } from 'zod'
import { renderAccountAddresses } from '../../views/account/addresses.tsx'
import { renderAccountConfirm } from '../../views/account/confirm.tsx'
import { recordEvent } from '../audit/record.ts'
import { html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import type { AccountInput } from './account-route.ts'
import { addressesPath as path, addingPath } from './adding-addresses.ts'
import { createAddressClaims } from './address-claims.ts'
import { goOn } from './outcome.ts'
import type { AccountParts } from './surroundings.ts'

const params = z.object({ id: z.string() })

/** The addresses of an account: remove one, make another the primary one. */
export function addressRoutes(parts: AccountParts): Route[] {
  const { accountRoute, data, notices } = parts
  const claims = createAddressClaims(parts)

  /** One that is not the primary one. Throws AppError `not-found` where there is none like that, or it is somebody else's. */
  async function findSecondary({ mode, user, params: { id } }: AccountInput<{ id: string }>): Promise<string> {
    const addresses = await data.read(mode, ({ accounts }) => accounts.listAddresses(user.id))
    const found = addresses.find(address => address.id === id && !address.primary)
    if (found === undefined) throw new AppError('not-found')
    return found.address
  }

  const asking = (question: 'remove-address' | 'make-primary', end: string) =>
    accountRoute({
      method: 'GET',
      path: `${path}/:id/${end}`,
      params,
      changesFactors: true,
      async handler(input) {
        const subject = await findSecondary(input)
        const form = { action: `${path}/${input.params.id}/${end}` }
        return html(renderAccountConfirm(input.page, { section: 'addresses', question, subject, form }))
      },
    })

  return [
    accountRoute({
      method: 'GET',
      path,
      async handler({ mode, user, page, outcome }) {
        const { addresses, claim } = await data.read(mode, async repositories => ({
          addresses: await repositories.accounts.listAddresses(user.id),
          claim: await claims.find(repositories, user.id),
        }))
        return html(
          renderAccountAddresses(page, {
            addresses: addresses.map(({ id, ...address }) => ({
              ...address,
              makePrimaryHref: `${path}/${id}/primary`,
              removeHref: `${path}/${id}/remove`,
            })),
            addHref: addingPath,
            claimed: claim?.address,
            outcome,
          }),
        )
      },
    }),
    asking('make-primary', 'primary'),
    accountRoute({
      method: 'POST',
      path: `${path}/:id/primary`,
      params,
      comeBackTo: path,
      changesFactors: true,
      async handler(input) {
        const { ctx, mode, user, facts, circumstances } = input
        const address = await findSecondary(input)
        await data.scoped(mode, async repositories => {
          const { id } = input.params
          const before = await repositories.users.findById(user.id)
          if (before === undefined || !(await repositories.accounts.makePrimary(user.id, id))) throw new AppError('not-found')
          await recordEvent(
            repositories,
            {
              action: 'address.made-primary',
              userId: user.id,
              address_id: id,
              before: { address: before.address },
              after: { address },
            },
            circumstances,
          )
          await notices.notify(repositories, user, { kind: 'primary-address-changed', address }, facts)
        })
        return goOn(ctx, path, 'primary-changed')
      },
    }),
    asking('remove-address', 'remove'),
    accountRoute({
      method: 'POST',
      path: `${path}/:id/remove`,
      params,
      comeBackTo: path,
      changesFactors: true,
      async handler(input) {
        const { ctx, mode, user, facts, browser, circumstances } = input
        const address = await findSecondary(input)
        await data.scoped(mode, async repositories => {
          const { id } = input.params
          // Whoever reads it may have used it for a sign-in that waits somewhere.
          await repositories.accounts.voidProofs(user.id, circumstances.clock(), browser)
          // As long as it is there: whoever reads it is told, too.
          await notices.notify(repositories, user, { kind: 'address-removed', address }, facts)
          if (!(await repositories.accounts.removeAddress(user.id, id))) throw new AppError('not-found')
          await recordEvent(
            repositories,
            { action: 'address.removed', userId: user.id, address_id: id, before: { address } },
            circumstances,
          )
        })
        return goOn(ctx, path, 'address-removed')
      },
    }),
  ]
}
