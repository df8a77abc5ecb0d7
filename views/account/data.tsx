import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { Button, ButtonLink, Form } from '../parts/form.tsx'
import { formatDay } from '../times.ts'
import { renderAccountPage } from './account-page.tsx'

export interface DataProps {
  downloadHref: string
  deleteHref: string
  /** How long a deletion can be taken back. */
  graceDays: number
  /** Where it has been asked for already. */
  erasureDueAt?: Date | undefined
}

/** What somebody may do with all that is kept of them. */
export function renderAccountData(page: PageContext, { downloadHref, deleteHref, graceDays, erasureDueAt }: DataProps): string {
  const { say } = speak(page.locale)
  return renderAccountPage(page, { section: 'data', title: say('account.section.data') }, () => (
    <>
      <section>
        <h2>{say('account.data.download')}</h2>
        <p>{say('account.data.download-lead')}</p>
        <div class="buttons">
          <ButtonLink href={downloadHref} kind="secondary">
            {say('account.data.download')}
          </ButtonLink>
        </div>
      </section>
      <section>
        <h2>{say('account.data.delete')}</h2>
        {erasureDueAt ? (
          <>
            <p>{say('account.erasure.due', { day: formatDay(page.locale, erasureDueAt, page.timeZone) })}</p>
            <Form target={{ action: '/account/keep' }}>
              <Button kind="primary">{say('account.erasure.keep')}</Button>
            </Form>
          </>
        ) : (
          <>
            <p>{say('account.data.delete-lead', { days: graceDays })}</p>
            <div class="buttons">
              <ButtonLink href={deleteHref} kind="secondary">
                {say('account.data.delete')}
              </ButtonLink>
            </div>
          </>
        )}
      </section>
    </>
  ))
}
