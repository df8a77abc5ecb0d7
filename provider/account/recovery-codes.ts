import { renderAccountConfirm } from '../../views/account/confirm.tsx'
import { renderRecoveryCodes, writeRecoveryCodes } from '../../views/sign-in/recovery-codes.tsx'
import { html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { countLosable } from '../recovery-codes/recovery-codes.ts'
import { createShownCodes } from '../recovery-codes/shown-codes.ts'
import type { AccountParts } from './surroundings.ts'
import { waysInPath } from './ways-in.ts'

const path = `${waysInPath}/recovery-codes`
export const recoveryCodesShownPath = `${path}/shown`

/** New codes, for as long as the session that made them looks at them. */
export function createCodesOnShow({ store, cipher }: Pick<AccountParts, 'store' | 'cipher'>) {
  const shown = createShownCodes({ store, cipher })
  const bindingOf = (sessionUid: string) => `account ${sessionUid}`
  return {
    keep: (sessionUid: string, codes: readonly string[]) => shown.keep(bindingOf(sessionUid), codes),
    find: (sessionUid: string) => shown.find(bindingOf(sessionUid)),
    forget: (sessionUid: string) => shown.forget(bindingOf(sessionUid)),
  }
}

/** Makes recovery codes, and shows them until the person says that they have them. */
export function recoveryCodeRoutes(parts: AccountParts): Route[] {
  const { accountRoute, data, recoveryCodes, notices } = parts
  const shown = createCodesOnShow(parts)
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
      async handler({ mode, user, signedIn, facts, circumstances }) {
        const codes = await data.scoped(mode, async repositories => {
          await repositories.accounts.lock(user.id)
          const factors = await repositories.accounts.findFactors(user.id)
          if (countLosable(factors) === 0) throw new AppError('not-found')
          await notices.notify(repositories, user, { kind: 'recovery-codes-made' }, facts)
          return recoveryCodes.make(repositories, user, circumstances)
        })
        await shown.keep(signedIn.sessionUid, codes)
        return { kind: 'redirect', to: recoveryCodesShownPath }
      },
    }),
    accountRoute({
      method: 'GET',
      path: recoveryCodesShownPath,
      changesFactors: true,
      async handler({ signedIn, user, page }) {
        const codes = await shown.find(signedIn.sessionUid)
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
      async handler({ ctx, signedIn, user, page }) {
        const codes = await shown.find(signedIn.sessionUid)
        if (codes === undefined) throw new AppError('not-found')
        ctx.attachment('recovery-codes.txt')
        return {
          kind: 'text',
          body: writeRecoveryCodes(page, { codes, account: user.address }),
          type: 'text/plain; charset=utf-8',
        }
      },
    }),
    accountRoute({
      method: 'POST',
      path: `${recoveryCodesShownPath}/kept`,
      comeBackTo: waysInPath,
      async handler({ signedIn }) {
        await shown.forget(signedIn.sessionUid)
        return { kind: 'redirect', to: waysInPath }
      },
    }),
  ]
}
