import type { AddressProblem } from '../../views/parts/address-field.tsx'
import { renderAddress } from '../../views/sign-in/address.tsx'
import { type Answer, html } from '../http/answer.ts'
import type { Pages } from '../http/pages.ts'
import type { Data } from '../ports/data.ts'
import type { SignInMethod } from './method.ts'
import { homeOf, stepUrlsOf } from './paths.ts'
import { pageFor, type SignInRequest } from './sign-in-request.ts'
import { findUsualMethod } from './usual-method.ts'

export interface FirstPageOptions {
  data: Data
  pages: Pages
  methods: readonly [SignInMethod, ...SignInMethod[]]
}

export type ShowFirst = (
  request: SignInRequest,
  state?: { problem?: AddressProblem; typed?: string; expired?: boolean },
) => Promise<Answer>

/** Where a sign-in begins: the address field, and the other ways in. */
export function createFirstPage({ data, pages, methods }: FirstPageOptions): ShowFirst {
  const [firstMethod] = methods
  return async function showFirst(request, { problem, typed, expired } = {}) {
    const { ctx, pending } = request
    const page = pageFor(pages, request)
    const address = typed ?? pending.loginHint
    const usual = await findUsualMethod(data, methods, ctx)
    // What was used last in this browser comes first.
    const inOrder = methods.toSorted((one, other) => Number(other === usual) - Number(one === usual))
    return html(
      renderAddress(page, {
        form: { action: `${homeOf(pending.uid)}/${firstMethod.id}` },
        ...(address === undefined ? {} : { address }),
        ...(problem === undefined ? {} : { problem }),
        ...(expired === true ? { notice: 'expired' as const } : {}),
        ...(pending.signedOut === undefined ? {} : { signedOut: pending.signedOut }),
        otherWays: inOrder.flatMap(({ beginning }) => beginning?.offer?.(stepUrlsOf(pending.uid), page) ?? []),
        ...(usual?.beginning?.offer === undefined ? {} : { usualWay: usual.label(page) }),
        cancel: { action: `${homeOf(pending.uid)}/cancel` },
      }),
      problem === undefined ? 200 : 400,
    )
  }
}
