import { z } from 'zod'
import { renderAccountAddresses } from '../../views/account/addresses.tsx'
import { renderAccountConfirm } from '../../views/account/confirm.tsx'
import { recordEvent } from '../audit/record.ts'
import { html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import type { Repositories } from '../ports/repositories.ts'
import { addressesPath as path, addingPath } from './adding-addresses.ts'
import { createAddressClaims } from './address-claims.ts'
import { goOn } from './outcome.ts'
import { removalRoutes } from './removing.ts'
import type { AccountParts } from './surroundings.ts'

const params = z.object({ id: z.string() })
const primaryPath = `${path}/:id/primary`

/** The addresses of an account: remove one, make another the primary one. */
export function addressRoutes(parts: AccountParts): Route[] {
  const { accountRoute, data, notices } = parts
  const claims = createAddressClaims(parts)

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
    accountRoute({
      method: 'GET',
      path: primaryPath,
      params,
      changesFactors: true,
      async handler({ mode, user, page, params: { id } }) {
        const subject = await data.read(mode, repositories => findSecondary(repositories, user.id, id))
        if (subject === undefined) throw new AppError('not-found')
        const form = { action: primaryPath.replace(':id', id) }
        return html(renderAccountConfirm(page, { section: 'addresses', question: 'make-primary', subject, form }))
      },
    }),
    accountRoute({
      method: 'POST',
      path: primaryPath,
      params,
      comeBackTo: path,
      changesFactors: true,
      async handler({ ctx, mode, user, facts, circumstances, params: { id } }) {
        await data.scoped(mode, async repositories => {
          const address = await findSecondary(repositories, user.id, id)
          const before = await repositories.users.findById(user.id)
          if (address === undefined || before === undefined || !(await repositories.accounts.makePrimary(user.id, id)))
            throw new AppError('not-found')
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
    ...removalRoutes(parts, {
      path: `${path}/:id/remove`,
      section: 'addresses',
      question: 'remove-address',
      outcome: 'address-removed',
      async find(repositories, userId, id) {
        const address = await findSecondary(repositories, userId, id)
        if (address === undefined) return undefined
        return {
          subject: address,
          event: { action: 'address.removed', userId, address_id: id, before: { address } },
          notice: { kind: 'address-removed', address },
        }
      },
      remove: ({ accounts }, userId, id) => accounts.removeAddress(userId, id),
    }),
  ]
}

/** One that is not the primary one; undefined where there is none like that, or it is somebody else's. */
async function findSecondary({ accounts }: Repositories, userId: string, id: string): Promise<string | undefined> {
  return (await accounts.listAddresses(userId)).find(address => address.id === id && !address.primary)?.address
}
