import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ButtonForm, ButtonLink } from '../parts/form.tsx'

export interface UpstreamRefusedProps {
  /** "Google". */
  service: string
  reason:
    | 'consent-refused'
    | 'upstream-unavailable'
    | 'upstream-misconfigured'
    | 'mix-up'
    | 'expired'
    | 'clock-off'
    | 'keys-unknown'
    | 'token-unacceptable'
    | 'sign-in-too-old'
    | 'account-not-allowed'
    /** It leads into another account already. */
    | 'somebody-elses'
  /** Goes there once more; absent where nobody knows what for. */
  tryAgain?: FormTarget
  /** Back to the first page of the sign-in. */
  otherWay?: FormTarget
  /** Back to the page of the account from which it was begun. */
  backToAccount?: string
}

/** The person came back from an upstream, or never got there, and is not signed in: what happened, and what else there is. */
export function renderUpstreamRefused(page: PageContext, props: UpstreamRefusedProps): string {
  const { service, reason, tryAgain, otherWay, backToAccount } = props
  const title = speak(page.locale).say(`upstream-refused.${reason}.heading`, { service })
  return renderDocument(page, { title, problem: true }, ({ say }) => (
    <>
      <h1>{title}</h1>
      <p class="lead">{say(`upstream-refused.${reason}.happened`, { service })}</p>
      {!tryAgain && !otherWay && backToAccount === undefined && <p>{say('upstream-refused.from-app')}</p>}
      <div class="stack">
        {otherWay && (
          <ButtonForm target={otherWay} kind="primary">
            {say('upstream.other-way')}
          </ButtonForm>
        )}
        {backToAccount !== undefined && (
          <ButtonLink href={backToAccount} kind="primary">
            {say('upstream.back-to-account')}
          </ButtonLink>
        )}
        {tryAgain && (
          <ButtonForm target={tryAgain} kind="secondary">
            {say('upstream.try-again', { service })}
          </ButtonForm>
        )}
      </div>
    </>
  ))
}
