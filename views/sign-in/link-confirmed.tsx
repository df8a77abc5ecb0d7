import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ButtonForm } from '../parts/form.tsx'
import { PasskeyScript } from '../parts/passkey-form.tsx'

export interface LinkConfirmedProps {
  /** Resumes the sign-in in this tab. */
  form: FormTarget
  /** Where passkeys are made, for somebody whose device can. */
  passkeysHref?: string
}

/** After the link's button: the tab that began continues by itself, or this one does. */
export function renderLinkConfirmed(page: PageContext, props: LinkConfirmedProps): string {
  const head = props.passkeysHref && <PasskeyScript page={page} />
  return renderDocument(page, { title: speak(page.locale).say('link-confirmed.heading'), head }, ({ say }) => (
    <>
      <h1>{say('link-confirmed.heading')}</h1>
      <p class="lead">{say('link-confirmed.lead')}</p>
      <ButtonForm target={props.form} kind="primary">
        {say('link-confirmed.submit')}
      </ButtonForm>
      {props.passkeysHref && (
        <p class="hint" data-passkey-able="" hidden>
          <a href={props.passkeysHref}>{say('link-confirmed.passkey')}</a>
        </p>
      )}
    </>
  ))
}
