import type { Client, ErrorOut, KoaContextWithOIDC } from 'oidc-provider'
import type { PageContext } from '../../views/page-context.ts'
import { renderConfirmDeviceCode } from '../../views/device/confirm-code.tsx'
import { type EnterDeviceCodeProps, renderEnterDeviceCode } from '../../views/device/enter-code.tsx'
import { renderDeviceFinished } from '../../views/device/finished.tsx'
import { renderError } from '../../views/error.tsx'
import { renderReturnToApp } from '../../views/sign-in/return-to-app.tsx'
import { renderSwitchAccount } from '../../views/sign-in/switch-account.tsx'
import { renderConfirmSignOut } from '../../views/sign-out/confirm.tsx'
import { renderSignedOut } from '../../views/sign-out/finished.tsx'
import type { ErrorCode } from '../kernel/errors.ts'
import { AppError } from '../kernel/errors.ts'
import type { Pages } from '../http/pages.ts'
import { interactionUrl } from './interactions.ts'
import { isTooLarge } from './oversized-bodies.ts'
import { readParameters } from './request-parameters.ts'
import { stateOf } from './request-state.ts'

/** Our pages in the places where oidc-provider has pages of its own. */
export function createProtocolPages(pages: Pages) {
  const pageFor = (ctx: KoaContextWithOIDC, client: Client | undefined = ctx.oidc.client): PageContext => {
    const name = client?.clientName
    return pages.context({
      locale: stateOf(ctx).facts.locale,
      app: name === undefined ? undefined : { name, home: client?.clientUri },
    })
  }
  const show = (ctx: KoaContextWithOIDC, html: string) => {
    ctx.type = 'text/html; charset=utf-8'
    ctx.body = html
  }
  // oidc-provider puts it there before it asks for the page.
  const xsrfOf = (ctx: KoaContextWithOIDC): string => {
    const secret = ctx.oidc.session?.state?.['secret']
    return typeof secret === 'string' ? secret : ''
  }

  const enterUserCode = (ctx: KoaContextWithOIDC, known: Pick<EnterDeviceCodeProps, 'userCode' | 'problem'>) => {
    const form = { action: ctx.oidc.urlFor('code_verification'), xsrf: xsrfOf(ctx) }
    show(ctx, renderEnterDeviceCode(pageFor(ctx), { ...form, ...known }))
  }

  return {
    renderError(ctx: KoaContextWithOIDC, out: ErrorOut, error: Error): void {
      // Another tab went on first, or it took too long: the sign-in's own page knows which, and how to start again.
      if (error.name === 'SessionNotFound' && ctx.oidc.route === 'resume') {
        ctx.status = 303
        ctx.set('Location', `${interactionUrl('login', encodeURIComponent(String(ctx['params']['uid'])))}?over=0`)
        ctx.body = ''
        return
      }
      const code = codeFor(error, ctx.status)
      const protocol = {
        error: out.error,
        ...(out.error_description === undefined ? {} : { description: out.error_description }),
      }
      const retryAfterSeconds = error instanceof AppError ? error.retryAfterSeconds : undefined
      show(
        ctx,
        renderError(pageFor(ctx), {
          code,
          requestId: stateOf(ctx).facts.id,
          ...(code === 'bad-request' ? { protocol } : {}),
          ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
        }),
      )
    },
    logoutSource(ctx: KoaContextWithOIDC): void {
      const { id_token_hint: idTokenHint } = readParameters(ctx.oidc.params)
      show(
        ctx,
        renderConfirmSignOut(pageFor(ctx), {
          action: ctx.oidc.urlFor('end_session_confirm'),
          xsrf: xsrfOf(ctx),
          ...(idTokenHint === undefined ? {} : { idTokenHint }),
        }),
      )
    },
    /** Signing the one before out is asked about too: it ends what they have in every app. */
    switchAccount(ctx: KoaContextWithOIDC): void {
      const form = { action: ctx.oidc.urlFor('end_session_confirm'), fields: { xsrf: xsrfOf(ctx), logout: 'yes' } }
      show(ctx, renderSwitchAccount(pageFor(ctx), { form }))
    },
    /** `response_mode=form_post` (OAuth 2.0 Form Post Response Mode): the app is answered by a form that the browser posts. */
    answerByForm(ctx: KoaContextWithOIDC, redirectUri: string, answer: Record<string, unknown>): void {
      // What was set before is for a redirect, or is nothing yet; an error of the server's stays one.
      if (ctx.status < 500) ctx.status = 'error' in answer ? 400 : 200
      const fields = Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, String(value)]))
      show(ctx, renderReturnToApp(pageFor(ctx), { form: { action: redirectUri, fields } }))
    },
    postLogoutSuccessSource(ctx: KoaContextWithOIDC): void {
      show(ctx, renderSignedOut(pageFor(ctx)))
    },
    userCodeInputSource(ctx: KoaContextWithOIDC, _form: string, _out?: ErrorOut, error?: Error & { userCode?: string }): void {
      const problem = error === undefined ? undefined : deviceProblem(error)
      if (problem === 'missing' || problem === 'wrong') ctx.status = 400
      enterUserCode(ctx, {
        ...(error?.userCode === undefined ? {} : { userCode: error.userCode }),
        ...(problem === undefined ? {} : { problem }),
      })
    },
    enterUserCode,
    userCodeConfirmSource(ctx: KoaContextWithOIDC, _form: string, client: Client, _deviceInfo: unknown, userCode: string): void {
      show(
        ctx,
        renderConfirmDeviceCode(pageFor(ctx, client), {
          action: ctx.oidc.urlFor('code_verification'),
          xsrf: xsrfOf(ctx),
          userCode,
        }),
      )
    },
    successSource(ctx: KoaContextWithOIDC): void {
      show(ctx, renderDeviceFinished(pageFor(ctx)))
    },
  }
}

function codeFor(error: Error, status: number): ErrorCode {
  if (error instanceof AppError) return error.code
  if (error.name === 'SessionNotFound') return 'attempt-expired'
  if (isTooLarge(error)) return 'too-large'
  return status >= 500 ? 'unexpected' : 'bad-request'
}

function deviceProblem(error: Error): 'missing' | 'wrong' | 'stopped' | 'unexpected' {
  switch (error.name) {
    case 'NoCodeError':
      return 'missing'
    case 'NotFoundError':
    case 'ExpiredError':
    case 'AlreadyUsedError':
      return 'wrong'
    case 'AbortedError':
      return 'stopped'
    default:
      return 'unexpected'
  }
}
