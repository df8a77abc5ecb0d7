import type { VNode } from 'preact'
import { renderDocument } from '../document.tsx'
import { type Speaker, speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { CodeField } from '../parts/field.tsx'
import { Button, ButtonForm, ButtonLink, Form } from '../parts/form.tsx'
import { MailboxLink } from '../parts/mailbox-link.tsx'
import { MaskedAddress } from '../parts/masked-address.tsx'
import { Notice } from '../parts/notice.tsx'
import { PasskeyScript } from '../parts/passkey-form.tsx'

export interface CheckMailProps {
  /** The address that was typed; shown masked. */
  address: string
  /** How long the e-mail can be used. */
  lifetimeMinutes: number
  /** How this tab continues by itself. */
  waiting: {
    /** This page by GET; `?code` is appended for the page that has the form and doesn't reload. */
    pageUrl: string
    /** Answers JSON `{ "next": "/…" }` as soon as there is somewhere to go, else `{}`. */
    stateUrl: string
    /**
     * Without script the page reloads itself every five seconds, and offers a link to the page with the code field, which doesn't.
     * False on that other page, and wherever a field has something in it.
     */
    withRefresh: boolean
  }
  code:
    | { kind: 'form'; form: FormTarget; value?: string; problem?: 'field-needed' | 'code-wrong'; triesLeft?: number }
    /** Too many wrong codes for this account: only the link works. */
    | { kind: 'switched-off' }
    /** Too many wrong codes for this e-mail: only a new one helps. */
    | { kind: 'used-up' }
    /** The e-mail's time is over: only a new one helps. */
    | { kind: 'expired' }
  /** The field that the script fills in where this device can make a passkey, and with what. */
  deviceField?: { name: string; value: string }
  resend: FormTarget
  changeAddress: FormTarget
  /** A new e-mail has just been sent. */
  resent?: boolean
}

/** The page that waits: for the link to be used, or for the code. */
export function renderCheckMail(page: PageContext, props: CheckMailProps): string {
  const speaker = speak(page.locale)
  const { say, show } = speaker
  const { code, waiting } = props
  const problem = code.kind === 'form' && Boolean(code.problem)
  const over = code.kind === 'used-up' || code.kind === 'expired'
  const title = say(over ? `check-mail.heading-${code.kind}` : 'check-mail.heading')
  const address = <MaskedAddress address={props.address} />
  const head = !over && (
    <>
      {waiting.withRefresh && (
        <noscript>
          <meta http-equiv="refresh" content={`5; url=${waiting.pageUrl}`} />
        </noscript>
      )}
      {props.deviceField && <PasskeyScript page={page} />}
      <script src={page.assets.waitingScript} data-state-url={waiting.stateUrl} defer />
    </>
  )
  return renderDocument(page, { title, problem, head }, () => (
    <>
      {props.resent && <Notice kind="done">{say('check-mail.resent')}</Notice>}
      <h1>{title}</h1>
      {code.kind === 'used-up' && <p class="lead">{show('check-mail.used-up', { address })}</p>}
      {code.kind === 'expired' && <p class="lead">{show('check-mail.expired', { address, minutes: props.lifetimeMinutes })}</p>}
      {!over && (
        <>
          <p class="lead">{show('check-mail.sent', { address, minutes: props.lifetimeMinutes })}</p>
          <p>{say('check-mail.what-to-do')}</p>
          {code.kind === 'switched-off' && <p>{say('check-mail.link-only')}</p>}
        </>
      )}
      {code.kind === 'form' && <CodeForm code={code} waiting={waiting} deviceField={props.deviceField} speaker={speaker} />}
      {over ? (
        <ButtonForm target={props.resend} kind="primary">
          {say('check-mail.resend')}
        </ButtonForm>
      ) : (
        <Offline speaker={speaker} />
      )}
      <div class="ways-out">
        {!over && (
          <>
            <p class="hint">
              <MailboxLink page={page} />
            </p>
            <ButtonForm target={props.resend} kind="plain">
              {say('check-mail.resend')}
            </ButtonForm>
          </>
        )}
        <ButtonForm target={props.changeAddress} kind="plain">
          {say('check-mail.change-address')}
        </ButtonForm>
      </div>
    </>
  ))
}

function CodeForm({
  code,
  waiting,
  deviceField,
  speaker: { say },
}: {
  code: Extract<CheckMailProps['code'], { kind: 'form' }>
  waiting: CheckMailProps['waiting']
  deviceField: CheckMailProps['deviceField']
  speaker: Speaker
}): VNode {
  const problem = code.problem && [say(`check-mail.problem.${code.problem}`)]
  if (problem && code.triesLeft !== undefined) problem.push(say('check-mail.tries-left', { tries: code.triesLeft }))
  return (
    <>
      <Form target={code.form} class={waiting.withRefresh ? 'stack script-only' : 'stack'}>
        <CodeField
          name="code"
          label={say('check-mail.code')}
          hint={say('check-mail.code-hint')}
          problem={problem?.join(' ')}
          focused={!waiting.withRefresh}
          value={code.value}
          autocomplete="one-time-code"
        />
        {deviceField && <input type="hidden" name={deviceField.name} value="" data-passkey-able={deviceField.value} />}
        <Button kind="primary">{say('check-mail.submit')}</Button>
      </Form>
      <noscript>
        {waiting.withRefresh ? (
          <ButtonLink href={withCode(waiting.pageUrl)} kind="primary">
            {say('check-mail.type-code')}
          </ButtonLink>
        ) : (
          <ButtonLink href={waiting.pageUrl} kind="plain">
            {say('check-mail.link-used')}
          </ButtonLink>
        )}
      </noscript>
    </>
  )
}

/** Shown by the script when the server can't be reached. */
function Offline({ speaker: { say } }: { speaker: Speaker }): VNode {
  return (
    <output class="offline">
      <span id="offline" hidden>
        {say('check-mail.offline')}
      </span>
    </output>
  )
}

function withCode(pageUrl: string): string {
  return `${pageUrl}${pageUrl.includes('?') ? '&' : '?'}code`
}
