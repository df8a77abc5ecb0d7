import { z } from 'zod'
import { renderFirstSetUp, type SetUpStep } from '../../views/account/first-set-up.tsx'
import { type Answer, html } from '../http/answer.ts'
import { findBrowser } from '../http/browser-cookie.ts'
import type { Context } from '../http/context.ts'
import type { Limit } from '../http/limits.ts'
import { negotiateLocale } from '../http/locale.ts'
import { type Route, route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { hashSecret } from '../kernel/secrets.ts'
import { normaliseAddress } from '../sign-in/address.ts'
import { foundFirstWorkspace, setUpPath } from '../workspaces/first-set-up.ts'
import { longestSlug, longestTypedName, slugPattern } from '../workspaces/founding.ts'
import { readMailedName } from '../users/names.ts'
import type { AccountParts } from './surroundings.ts'

const mode = { kind: 'system', reason: 'founding' } as const
const limits: Limit[] = [{ name: 'first-set-up', by: 'address', points: 60, windowSeconds: 60 }]
// Whatever else stands there is a link that leads nowhere, and the page says so.
const params = z.object({ token: z.string().max(1000) })

/** What was typed into one of the two forms, and what is wrong with it. */
type Typed =
  | Pick<Extract<SetUpStep, { kind: 'sign-in' }>, 'kind' | 'typed' | 'problem'>
  | Pick<Extract<SetUpStep, { kind: 'found' }>, 'kind' | 'name' | 'slug' | 'problem'>

/**
 * Where the link leads that a new installation prints. Opening it changes nothing, and neither does the sign-in that it leads through:
 * founding the workspace does, once. On a loopback issuer only: any other one is set up from the command line.
 */
export function firstSetUpRoutes({ accountRoute, signInAs, loopback, data, pages, sessions }: AccountParts): Route[] {
  if (!loopback) return []
  const path = `${setUpPath}/:token`
  const homeOf = (token: string) => `${setUpPath}/${encodeURIComponent(token)}`

  async function assertOpen(token: string): Promise<void> {
    if (!(await data.read(mode, ({ firstSetUp }) => firstSetUp.isOpen(hashSecret(token))))) throw new AppError('set-up-over')
  }

  async function show(ctx: Context, token: string, typed?: Typed): Promise<Answer> {
    await assertOpen(token)
    const signedIn = await sessions.find(ctx)
    const userId = signedIn?.userId
    const user = userId && (await data.read({ kind: 'self', userId }, ({ users }) => users.findById(userId)))
    const address = user ? user.address : undefined
    const page = pages.context({ locale: negotiateLocale(ctx, user ? user.locale : undefined), path: homeOf(token) })
    const step: SetUpStep =
      address === undefined
        ? { kind: 'sign-in', form: { action: `${homeOf(token)}/sign-in` }, ...(typed?.kind === 'sign-in' ? typed : {}) }
        : { kind: 'found', form: { action: `${homeOf(token)}/found` }, address, ...(typed?.kind === 'found' ? typed : {}) }
    return html(renderFirstSetUp(page, step), step.problem === undefined ? 200 : 400)
  }

  return [
    route({
      method: 'GET',
      path,
      access: 'browser',
      mode: { system: 'founding' },
      limits,
      params,
      handler: ({ ctx, params: { token } }) => show(ctx, token),
    }),
    route({
      method: 'POST',
      path: `${path}/sign-in`,
      access: 'browser',
      mode: { system: 'founding' },
      limits,
      params,
      form: z.object({ address: z.string().max(1000).optional() }),
      async handler({ ctx, params: { token }, form: { address: typed = '' } }) {
        // A program that presses buttons, or a browser that keeps no cookie: the page is there once more, and with it the cookie.
        if (findBrowser(ctx) === undefined) return { kind: 'redirect', to: homeOf(token) }
        const address = normaliseAddress(typed)
        if (address === undefined)
          return show(ctx, token, { kind: 'sign-in', typed, problem: typed.trim() === '' ? 'field-needed' : 'address-unusable' })
        const isOpen = await data.scoped(mode, ({ firstSetUp }) => firstSetUp.awaitAddress(hashSecret(token), address))
        if (!isOpen) throw new AppError('set-up-over')
        return signInAs(homeOf(token), address)
      },
    }),
    accountRoute({
      method: 'POST',
      path: `${path}/found`,
      params,
      comeBackTo: ({ token }) => homeOf(token),
      async handler({ ctx, params: { token }, form, user, circumstances }) {
        if (findBrowser(ctx) === undefined) return { kind: 'redirect', to: homeOf(token) }
        const read = readMailedName(form['name'], longestTypedName)
        const slug = (form['slug'] ?? '').trim()
        const typed = { kind: 'found', name: form['name'] ?? '', slug } as const
        if (read.kind !== 'name') return show(ctx, token, { ...typed, problem: read.kind })
        if (slug !== '' && (!slugPattern.test(slug) || slug.length > longestSlug))
          return show(ctx, token, { ...typed, problem: 'slug-form' })
        const wanted = { token, userId: user.id, name: read.name, slug: slug === '' ? undefined : slug }
        const founded = await data
          .scoped(mode, repositories => foundFirstWorkspace(repositories, wanted, circumstances))
          .catch((error: unknown) => {
            if (error instanceof AppError && error.code === 'conflict') return undefined
            throw error
          })
        if (founded === undefined) return show(ctx, token, { ...typed, problem: 'slug-taken' })
        return { kind: 'redirect', to: `/admin/${founded}` }
      },
    }),
  ]
}
