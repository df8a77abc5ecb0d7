import type { AddressProblem } from '../../views/parts/address-field.tsx'
import { renderAddress } from '../../views/sign-in/address.tsx'
import { type Answer, html } from '../http/answer.ts'
import type { Pages } from '../http/pages.ts'
import type { Data } from '../ports/data.ts'
import { bindingOf, type SignInFlow } from './flow.ts'
import type { PendingSignIn } from './interactions.ts'
import type { SignInMethod } from './method.ts'
import { homeOf, stepUrlsOf } from './paths.ts'
import { factsFor, pageFor, type SignInRequest } from './sign-in-request.ts'
import { findUsualMethod } from './usual-method.ts'

const mode = { kind: 'system', reason: 'sign-in' } as const

export interface FirstPageOptions {
  data: Data
  flow: Pick<SignInFlow, 'contextFor'>
  pages: Pages
  methods: readonly [SignInMethod, ...SignInMethod[]]
}

export type ShowFirst = (
  request: SignInRequest,
  state?: { problem?: AddressProblem; typed?: string; expired?: boolean; isBeginning?: boolean },
) => Promise<Answer>

/** Where a sign-in begins: the address field, and the other ways in. */
export function createFirstPage({ data, flow, pages, methods }: FirstPageOptions): ShowFirst {
  const [firstMethod] = methods

  /** What the browser's own dialogs are to ask of somebody who has proved nothing, so that no script has to ask for it first. */
  async function findOptions(request: SignInRequest): Promise<ReadonlyMap<SignInMethod, unknown>> {
    const { pending, browser } = request
    return data.read(mode, async repositories => {
      const context = flow.contextFor(repositories, factsFor(request), pending.app.name)
      const binding = bindingOf(pending, browser)
      const offered = methods.filter(method => method.beginning?.offer !== undefined && method.options !== undefined)
      return new Map(
        await Promise.all(offered.map(async method => [method, await method.options?.(context, undefined, binding)] as const)),
      )
    })
  }

  /** Of who is signed in and is to show once more who they are: nobody types what is known. */
  async function findOwnAddress({ signedIn }: PendingSignIn): Promise<string | undefined> {
    if (signedIn === undefined) return undefined
    return (await data.read(mode, ({ users }) => users.findById(signedIn.userId)))?.address
  }

  return async function showFirst(request, { problem, typed, expired, isBeginning } = {}) {
    const { ctx, pending } = request
    const page = pageFor(pages, request)
    const [usual, options, own] = await Promise.all([
      findUsualMethod(data, methods, ctx),
      isBeginning === true ? findOptions(request) : undefined,
      findOwnAddress(pending),
    ])
    const address = typed ?? pending.loginHint ?? own
    // What was used last in this browser comes first.
    const inOrder = methods.toSorted((one, other) => Number(other === usual) - Number(one === usual))
    return html(
      renderAddress(page, {
        form: { action: `${homeOf(pending.uid)}/${firstMethod.id}` },
        ...(address === undefined ? {} : { address }),
        ...(problem === undefined ? {} : { problem }),
        ...(expired === true ? { notice: 'expired' as const } : {}),
        ...(own !== undefined && address === own ? { onceMore: true } : {}),
        ...(pending.signedOut === undefined ? {} : { signedOut: pending.signedOut }),
        otherWays: inOrder.flatMap(
          method => method.beginning?.offer?.(stepUrlsOf(pending.uid), page, options?.get(method)) ?? [],
        ),
        ...(usual?.beginning?.offer === undefined ? {} : { usualWay: usual.label(page) }),
        cancel: { action: `${homeOf(pending.uid)}/cancel` },
      }),
      problem === undefined ? 200 : 400,
    )
  }
}
