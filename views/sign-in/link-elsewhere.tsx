import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { type Beginning, BeginningFacts } from '../parts/facts.tsx'

export interface LinkElsewhereProps extends Beginning {
  /** Whether the code of the e-mail can be used, or only the link, in the browser that began. */
  codes: 'usable' | 'switched-off'
}

/** The link, opened in another browser than the one that began. It says what to do and does nothing: no form, no code. */
export function renderLinkElsewhere(page: PageContext, props: LinkElsewhereProps): string {
  const speaker = speak(page.locale)
  return renderDocument(page, { title: speaker.say('link-elsewhere.heading') }, ({ say }) => (
    <>
      <h1>{say('link-elsewhere.heading')}</h1>
      <p class="lead">{say(props.codes === 'usable' ? 'link-elsewhere.type-code' : 'link-elsewhere.open-there')}</p>
      <p>{say('link-elsewhere.why')}</p>
      <BeginningFacts page={page} speaker={speaker} beginning={props} />
      <section class="aside">
        <h2>{say('link-elsewhere.not-you')}</h2>
        <p>{say('link-elsewhere.not-you-advice')}</p>
      </section>
    </>
  ))
}
