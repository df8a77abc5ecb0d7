import { renderAccountConfirm } from '../../views/account/confirm.tsx'
import { renderRecoveryCodes, writeRecoveryCodes } from '../../views/sign-in/recovery-codes.tsx'
import { html } from '../http/answer.ts'
import { spendLimit } from '../http/limits.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import type { RateLimit } from '../ports/rate-limiter.ts'
import { countLosable } from '../recovery-codes/recovery-codes.ts'
import type { AccountParts } from './surroundings.ts'
import { waysInPath } from './ways-in.ts'

const path = `${waysInPath}/recovery-codes`
/** Each is told by mail to every address. */
const renewals: RateLimit = { name: 'recovery-code-renewals', points: 10, windowSeconds: 3600 }
export const recoveryCodesShownPath = `${path}/shown`

/** Makes recovery codes, and shows them until the person says that they have them. */
export function recoveryCodeRoutes({
  accountRoute,
  data,
  recoveryCodes,
  shownCodes,
  notices,
  rateLimiter,
}: AccountParts): Route[] {
  return [
    accountRoute({
      method: 'GET',
      path,
      changesFactors: true,
      handler: ({ page }) =>
        html(renderAccountConfirm(page, { section: 'ways-in', question: 'renew-recovery-codes', form: { action: path } })),
    }),
    accountRoute({
      method: 'POST',
      path,
      comeBackTo: path,
      changesFactors: true,
      async handler({ mode, user, binding, facts, circumstances }) {
        await spendLimit(rateLimiter, renewals, user.id)
        const codes = await data.scoped(mode, async repositories => {
          await repositories.accounts.lock(user.id)
          const factors = await repositories.accounts.findFactors(user.id)
          if (countLosable(factors) === 0) throw new AppError('not-found')
          await notices.notify(repositories, user, { kind: 'recovery-codes-made' }, facts)
          return recoveryCodes.make(repositories, user, circumstances)
        })
        await shownCodes.keep(binding, codes)
        return { kind: 'redirect', to: recoveryCodesShownPath }
      },
    }),
    accountRoute({
      method: 'GET',
      path: recoveryCodesShownPath,
      changesFactors: true,
      async handler({ binding, user, page }) {
        const codes = await shownCodes.find(binding)
        if (codes === undefined) return { kind: 'redirect', to: waysInPath }
        return html(
          renderRecoveryCodes(page, {
            codes,
            account: user.address,
            fileHref: `${recoveryCodesShownPath}/file`,
            continueTo: { action: `${recoveryCodesShownPath}/kept` },
          }),
        )
      },
    }),
    accountRoute({
      method: 'GET',
      path: `${recoveryCodesShownPath}/file`,
      changesFactors: true,
      async handler({ binding, user, page }) {
        const codes = await shownCodes.find(binding)
        if (codes === undefined) throw new AppError('not-found')
        return {
          kind: 'text',
          body: writeRecoveryCodes(page, { codes, account: user.address }),
          type: 'text/plain; charset=utf-8',
          fileName: 'recovery-codes.txt',
        }
      },
    }),
    accountRoute({
      method: 'POST',
      path: `${recoveryCodesShownPath}/kept`,
      comeBackTo: waysInPath,
      async handler({ binding }) {
        await shownCodes.forget(binding)
        return { kind: 'redirect', to: waysInPath }
      },
    }),
  ]
}
