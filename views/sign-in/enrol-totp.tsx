import type { ErrorCode } from '../../provider/kernel/errors.ts'
import { renderDocument } from '../document.tsx'
import { type Speaker, speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { CopyButton, CopyScript } from '../parts/copy-button.tsx'
import { DigitsField } from '../parts/digits-field.tsx'
import { Button, ButtonLink, Form } from '../parts/form.tsx'
import { Notice } from '../parts/notice.tsx'
import { describeProblem } from '../parts/problem.ts'
import { QrCode } from '../parts/qr-code.tsx'

export interface EnrolTotpProps {
  /** What there is to set up; undefined where the person has as many devices as there can be. */
  secret: { keyUri: string; key: string } | undefined
  /** Takes the field `code`. */
  form: FormTarget
  /** Where the person goes who would rather not. */
  back: string
  problem?: ErrorCode | undefined
}

/** Sets up an authenticator app. */
export function renderEnrolTotp(page: PageContext, props: EnrolTotpProps): string {
  const speaker = speak(page.locale)
  const { say } = speaker
  const title = say('enrol-totp.heading')
  const problem = describe(speaker, props.problem)
  return renderDocument(page, { title, problem: problem !== undefined, head: <CopyScript page={page} /> }, () => (
    <>
      {props.secret === undefined && <Notice kind="alert">{describeProblem(speaker, 'too-many-devices')}</Notice>}
      <h1>{title}</h1>
      {props.secret !== undefined && (
        <>
          <p class="lead">{say('enrol-totp.lead')}</p>
          <ol class="steps">
            <li>
              <h2>{say('enrol-totp.scan')}</h2>
              <QrCode text={props.secret.keyUri} label={say('enrol-totp.picture')} />
              <p>{say('enrol-totp.key')}</p>
              <div id="key">
                <code class="typed-key">
                  {(props.secret.key.match(/.{1,4}/g) ?? []).map(group => (
                    <span>{group}</span>
                  ))}
                </code>
              </div>
              <CopyButton page={page} of="key" what={say('enrol-totp.key-name')} />
              <ButtonLink href={props.secret.keyUri} kind="plain">
                {say('enrol-totp.open')}
              </ButtonLink>
            </li>
            <li>
              <Form target={props.form} class="stack">
                <DigitsField label={say('enrol-totp.confirm')} hint={say('totp-step.hint')} problem={problem} focused={false} />
                <Button kind="primary">{say('enrol-totp.submit')}</Button>
              </Form>
            </li>
          </ol>
        </>
      )}
      <div class="ways-out">
        <ButtonLink href={props.back} kind="plain">
          {say('enrol-totp.back')}
        </ButtonLink>
      </div>
    </>
  ))
}

function describe(speaker: Speaker, problem: ErrorCode | undefined): string | undefined {
  if (problem === 'field-needed') return speaker.say('totp-step.missing')
  if (problem === 'code-wrong') return speaker.say('enrol-totp.wrong')
  return problem && describeProblem(speaker, problem)
}
