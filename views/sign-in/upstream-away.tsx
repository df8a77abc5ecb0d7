import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ButtonForm } from '../parts/form.tsx'

export interface UpstreamAwayProps {
  /** "Google". */
  service: string
  /** Goes there once more. */
  tryAgain: FormTarget
  /** Back to the first page. */
  otherWay: FormTarget
}

/** Somebody who is at an upstream has come back by themselves: by the back button, or in another tab. */
export function renderUpstreamAway(page: PageContext, { service, tryAgain, otherWay }: UpstreamAwayProps): string {
  const title = speak(page.locale).say('upstream-away.heading', { service })
  return renderDocument(page, { title }, ({ say }) => (
    <>
      <h1>{title}</h1>
      <p class="lead">{say('upstream-away.lead', { service })}</p>
      <ButtonForm target={tryAgain} kind="primary">
        {say('upstream.continue', { service })}
      </ButtonForm>
      <div class="ways-out">
        <ButtonForm target={otherWay} kind="plain">
          {say('upstream.other-way')}
        </ButtonForm>
      </div>
    </>
  ))
}
