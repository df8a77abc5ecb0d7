import type { VNode } from 'preact'
import type { ErrorCode } from '../provider/kernel/errors.ts'
import { renderDocument } from './document.tsx'
import { type Speaker, speak } from './messages.ts'
import type { PageContext } from './page-context.ts'
import { Facts } from './parts/facts.tsx'
import { Onward } from './parts/onward.tsx'
import { type StartAgain, StartAgainButton } from './parts/start-again.tsx'
import { formatDuration } from './times.ts'

export interface ErrorProps {
  code: ErrorCode
  /** For `too-many-requests` and `unavailable`: when it is worth trying again. */
  retryAfterSeconds?: number
  /** By which the log names the request. */
  requestId?: string
  /** An error of OpenID Connect, for the developer of the app; the person is told that the app asked for something that can't be done. */
  protocol?: { error: string; description?: string }
  startAgain?: StartAgain
}

/** With these the page is an end; with the others it is worth trying again, or going back to a form. */
const ends: readonly ErrorCode[] = [
  'attempt-expired',
  'link-used',
  'not-signed-in',
  'forbidden',
  'cross-site',
  'not-found',
  'method-not-allowed',
]

/** What happened, and what happens next. */
export function renderError(page: PageContext, props: ErrorProps): string {
  const speaker = speak(page.locale)
  const words = findWords(speaker, page, props)
  return renderDocument(page, { title: words.title }, ({ say }) => (
    <>
      <h1>{words.title}</h1>
      <p class="lead">{words.happened}</p>
      <p>{words.next}</p>
      {props.startAgain && <StartAgainButton startAgain={props.startAgain}>{say('start-again')}</StartAgainButton>}
      {!props.startAgain && (ends.includes(props.code) || page.app?.href !== undefined) && <Onward page={page} />}
      {(props.protocol || props.requestId) && <ForDevelopers speaker={speaker} props={props} />}
    </>
  ))
}

function findWords(
  { say }: Speaker,
  page: PageContext,
  { code, protocol, retryAfterSeconds }: ErrorProps,
): Record<'title' | 'happened' | 'next', string> {
  if (protocol && code !== 'unexpected' && code !== 'unavailable') {
    return { title: say('error.protocol.title'), happened: say('error.protocol.happened'), next: say('error.protocol.next') }
  }
  const next =
    code === 'too-many-requests' && retryAfterSeconds !== undefined
      ? say('error.too-many-requests.next-after', { wait: formatDuration(page.locale, retryAfterSeconds) })
      : say(`error.${code}.next`)
  return { title: say(`error.${code}.title`), happened: say(`error.${code}.happened`), next }
}

function ForDevelopers({ speaker: { say }, props: { protocol, requestId } }: { speaker: Speaker; props: ErrorProps }): VNode {
  const facts = [
    { name: 'error', value: protocol?.error },
    { name: 'error_description', value: protocol?.description },
    { name: say('error.request'), value: requestId },
  ]
  return (
    <details class="for-developers">
      <summary>{say('error.for-developers')}</summary>
      <Facts facts={facts.flatMap(({ name, value }) => (value ? [{ name, value: <bdi class="value">{value}</bdi> }] : []))} />
    </details>
  )
}
