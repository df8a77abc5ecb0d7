import type { Middleware } from '../http/context.ts'
import type { createProtocolPages } from './protocol-pages.ts'
import { readParameters } from './request-parameters.ts'
import { servedContext } from './request-state.ts'

/**
 * In two places oidc-provider sends the browser on by a script, from a page of its own that has no words for anybody. There we
 * ask: whether the code that a device's link carries (RFC 8628 §3.3.1) is the one that the person sees, and whether whoever was
 * signed in here before may be signed out. A third such page answers an app, and is replaced where response modes are registered.
 */
export function showOwnPages(protocolPages: ReturnType<typeof createProtocolPages>): Middleware {
  return async function ownPages(ctx, next) {
    const policy = ctx.response.get('content-security-policy')
    await next()
    const served = servedContext(ctx)
    if (served === undefined) return
    // oidc-provider has added the scripts of its pages. None of them is shown, so none is allowed.
    if (ctx.response.get('content-security-policy') !== policy) ctx.set('content-security-policy', policy)
    if (ctx.method !== 'GET' || ctx.status !== 200) return
    const { oidc } = served
    const { user_code: userCode } = readParameters(oidc.params)
    if (oidc.route === 'code_verification' && userCode !== undefined) protocolPages.enterUserCode(served, { userCode })
    // It comes here before it has looked at the app, and to no other page.
    if (oidc.route.endsWith('resume') && oidc.client === undefined) protocolPages.switchAccount(served)
  }
}
