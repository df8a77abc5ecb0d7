import { renderAccountConfirm } from '../../views/account/confirm.tsx'
import { renderAccountData } from '../../views/account/data.tsx'
import { recordEvent } from '../audit/record.ts'
import { html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { exportAccount } from './export.ts'
import type { AccountParts } from './surroundings.ts'

export const dataPath = '/account/data'
const downloadPath = `${dataPath}/download`
export const deletePath = `${dataPath}/delete`

/** What somebody may do with all that is kept of them: take it along, or have it deleted. */
export function dataRoutes(parts: AccountParts): Route[] {
  const { accountRoute, data, erasureGraceSeconds } = parts
  return [
    accountRoute({
      method: 'GET',
      path: dataPath,
      handler: ({ user, page }) =>
        html(
          renderAccountData(page, {
            downloadHref: downloadPath,
            deleteHref: deletePath,
            graceDays: Math.round(erasureGraceSeconds / 86_400),
            erasureDueAt: user.erasureDueAt,
          }),
        ),
    }),
    accountRoute({
      method: 'GET',
      path: downloadPath,
      changesFactors: true,
      handler: ({ page }) =>
        html(renderAccountConfirm(page, { section: 'data', question: 'download', form: { action: downloadPath } })),
    }),
    accountRoute({
      method: 'POST',
      path: downloadPath,
      comeBackTo: downloadPath,
      changesFactors: true,
      async handler({ mode, user, circumstances }) {
        const exported = await data.scoped(mode, async repositories => {
          await recordEvent(repositories, { action: 'account.exported', userId: user.id }, circumstances)
          return exportAccount(repositories, user, parts)
        })
        return {
          kind: 'text',
          body: `${JSON.stringify(exported, undefined, 2)}\n`,
          type: 'application/json; charset=utf-8',
          fileName: 'account.json',
        }
      },
    }),
  ]
}
