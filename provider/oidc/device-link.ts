import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Middleware } from '../http/context.ts'
import type { createProtocolPages } from './protocol-pages.ts'
import { readParameters } from './request-parameters.ts'

/**
 * A device may show a link that carries its code (RFC 8628 §3.3.1). oidc-provider sends the code on by a script, from a page of
 * its own; ours has the code in the field, for the person to look at and go on.
 */
export function showLinkedDeviceCode(protocolPages: ReturnType<typeof createProtocolPages>): Middleware {
  return async function linkedDeviceCode(ctx, next) {
    await next()
    // Set by oidc-provider on what it serves; undefined on everything else.
    const { oidc } = ctx as unknown as Partial<KoaContextWithOIDC>
    if (oidc?.route !== 'code_verification' || ctx.method !== 'GET' || ctx.status !== 200) return
    const { user_code: userCode } = readParameters(oidc.params)
    if (userCode !== undefined) protocolPages.enterUserCode(ctx as unknown as KoaContextWithOIDC, { userCode })
  }
}
