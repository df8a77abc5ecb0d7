import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { CopyButton, CopyScript } from '../parts/copy-button.tsx'
import { Button, ButtonLink, Form } from '../parts/form.tsx'

export interface RecoveryCodesProps {
  /** In plain text, shown this once. */
  codes: readonly string[]
  /** Whose they are: for the sheet of paper. */
  account: string
  /** Answers them as a text file. */
  fileHref: string
  /** Goes on when the person has kept them. */
  continueTo: FormTarget
}

/** The recovery codes, this once. On paper there is nothing but them, and whose they are. */
export function renderRecoveryCodes(page: PageContext, props: RecoveryCodesProps): string {
  const title = speak(page.locale).say('recovery-codes.heading')
  return renderDocument(page, { title, head: <CopyScript page={page} /> }, ({ say }) => (
    <>
      <h1 class="not-printed">{title}</h1>
      <p class="lead not-printed">{say('recovery-codes.lead')}</p>
      <p class="only-printed">{say('recovery-codes.file', { account: props.account, host: page.issuerHost })}</p>
      <ol class="recovery-codes" id="codes">
        {props.codes.map(code => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div class="stack not-printed">
        <CopyButton page={page} of="codes" what={say('account.ways-in.codes')} />
        <Form target={props.continueTo} class="stack">
          <ButtonLink href={props.fileHref} kind="secondary">
            {say('recovery-codes.download')}
          </ButtonLink>
          <Button kind="primary">{say('recovery-codes.continue')}</Button>
        </Form>
        <p class="hint">{`${say('recovery-codes.once')} ${say('recovery-codes.print')}`}</p>
      </div>
    </>
  ))
}

/** The same as a text file. */
export function writeRecoveryCodes(page: PageContext, { codes, account }: Pick<RecoveryCodesProps, 'codes' | 'account'>): string {
  const { say } = speak(page.locale)
  return `${say('recovery-codes.file', { account, host: page.issuerHost })}\n\n${codes.join('\n')}\n`
}
