import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { type Beginning, BeginningFacts } from '../parts/facts.tsx'
import { ButtonForm } from '../parts/form.tsx'
import { appName } from '../text.ts'

export interface ConfirmLinkProps extends Beginning {
  /** Consumes the link. */
  form: FormTarget
}

/** The link, opened in the browser that began: one button, because opening a page changes nothing. */
export function renderConfirmLink(page: PageContext, props: ConfirmLinkProps): string {
  const app = appName(page)
  const speaker = speak(page.locale)
  return renderDocument(page, { title: speaker.say('confirm-link.heading', { app }) }, ({ say, show }) => (
    <>
      <h1>{show('confirm-link.heading', { app: <bdi>{app}</bdi> })}</h1>
      <p class="lead">{say('confirm-link.lead')}</p>
      <BeginningFacts page={page} speaker={speaker} beginning={props} />
      <ButtonForm target={props.form} kind="primary">
        {show('confirm-link.submit', { app: <bdi>{app}</bdi> })}
      </ButtonForm>
      <p class="hint">{say('confirm-link.not-you')}</p>
    </>
  ))
}
