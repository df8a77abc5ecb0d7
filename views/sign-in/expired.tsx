import { renderDocument } from '../document.tsx'
import { type Speaker, speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { Onward } from '../parts/onward.tsx'
import { type StartAgain, StartAgainButton } from '../parts/start-again.tsx'

export interface ExpiredProps {
  /** Absent where nothing is known any more of how it began; the page then leads to the app, or to the account. */
  startAgain?: StartAgain
  /**
   * `link-used`: the link was used before, or a newer e-mail has replaced it. `unknown`: nothing is known of a sign-in here, be it
   * over or never begun. `unknown-link`: nobody was sent such a link, or so long ago that nothing is known of it any more. Otherwise
   * it took too long.
   */
  reason?: 'link-used' | 'unknown' | 'unknown-link'
}

/** Nothing more will come of this link or sign-in. */
export function renderExpired(page: PageContext, props: ExpiredProps): string {
  const speaker = speak(page.locale)
  const { title, sentences } = findWords(speaker, props)
  return renderDocument(page, { title }, ({ say }) => (
    <>
      <h1>{title}</h1>
      {sentences.map(sentence => (
        <p>{sentence}</p>
      ))}
      {props.startAgain ? (
        <StartAgainButton startAgain={props.startAgain}>{say('start-again')}</StartAgainButton>
      ) : (
        <Onward page={page} />
      )}
    </>
  ))
}

function findWords({ say }: Speaker, { reason, startAgain }: ExpiredProps): { title: string; sentences: string[] } {
  if (reason === 'link-used') {
    return { title: say('error.link-used.title'), sentences: [say('error.link-used.happened'), say('error.link-used.next')] }
  }
  if (reason === 'unknown') return { title: say('expired.heading-unknown'), sentences: [say('expired.lead-unknown')] }
  if (reason === 'unknown-link') {
    const sentences = [say('expired.lead-unknown-link'), say('expired.next-unknown-link')]
    return { title: say('expired.heading-unknown-link'), sentences }
  }
  return { title: say('expired.heading'), sentences: [say(startAgain ? 'expired.lead' : 'expired.lead-from-app')] }
}
