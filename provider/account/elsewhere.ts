import { z } from 'zod'
import { renderAccountConfirm } from '../../views/account/confirm.tsx'
import { recordEvent } from '../audit/record.ts'
import { html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import type { Repositories } from '../ports/repositories.ts'
import { goOn } from './outcome.ts'
import { type AccountParts, nameConnection } from './surroundings.ts'
import { waysInPath } from './ways-in.ts'

const params = z.object({ id: z.string() })
const path = `${waysInPath}/elsewhere/:id/unlink`

/** Accounts with others that lead into this one: taking one away. */
export function elsewhereRoutes(parts: AccountParts): Route[] {
  const { accountRoute, data, notices } = parts

  async function find({ upstreamIdentities }: Repositories, userId: string, id: string) {
    const found = (await upstreamIdentities.listForUser(userId)).find(identity => identity.id === id)
    if (found === undefined) throw new AppError('not-found')
    return found
  }

  return [
    accountRoute({
      method: 'GET',
      path,
      params,
      changesFactors: true,
      async handler({ mode, user, page, params: { id } }) {
        const { connection, address } = await data.read(mode, repositories => find(repositories, user.id, id))
        const service = nameConnection(parts, connection)
        const subject = address === undefined ? service : `${service} (${address})`
        const form = { action: path.replace(':id', id) }
        return html(renderAccountConfirm(page, { section: 'ways-in', question: 'unlink', subject, form }))
      },
    }),
    accountRoute({
      method: 'POST',
      path,
      params,
      comeBackTo: waysInPath,
      changesFactors: true,
      async handler({ ctx, mode, user, facts, browser, circumstances, params: { id } }) {
        await data.scoped(mode, async repositories => {
          const { connection, issuer, subject, address } = await find(repositories, user.id, id)
          if (!(await repositories.upstreamIdentities.delete(user.id, id))) throw new AppError('not-found')
          // What it proved elsewhere goes with it.
          await repositories.accounts.voidProofs(user.id, circumstances.clock(), browser)
          await recordEvent(
            repositories,
            {
              action: 'upstream-identity.unlinked',
              userId: user.id,
              identity_id: id,
              before: { connection, issuer, subject, address: address ?? null },
            },
            circumstances,
          )
          await notices.notify(
            repositories,
            user,
            { kind: 'service-unlinked', service: nameConnection(parts, connection) },
            facts,
          )
        })
        return goOn(ctx, waysInPath, 'unlinked')
      },
    }),
  ]
}
