import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Button, ButtonLink, Form } from '../parts/form.tsx'
import { formatDay } from '../times.ts'
import { renderConsolePage, type WorkspaceContext } from './console-page.tsx'

/** Nobody works in it now: it will be deleted, or the people who run the installation have closed it. */
export function renderConsoleClosed(
  page: PageContext,
  where: WorkspaceContext,
  { deletionDueAt, keep }: { deletionDueAt: Date | undefined; keep?: FormTarget },
): string {
  const { say } = speak(page.locale)
  const reason = deletionDueAt === undefined ? 'suspended' : 'deletion'
  const day = deletionDueAt === undefined ? '' : formatDay(page.locale, deletionDueAt, page.timeZone)
  const title = say(`console.closed.${reason}.heading`)
  return renderConsolePage(page, { ...where, section: 'overview', sections: ['overview'] }, { title }, () => (
    <>
      <p class="lead">{say(`console.closed.${reason}.lead`, { day })}</p>
      {keep ? (
        <Form target={keep}>
          <Button kind="primary">{say('console.closed.keep')}</Button>
        </Form>
      ) : (
        <>
          <p>{say(`console.closed.${reason}.next`)}</p>
          <ButtonLink href="/account/workspaces" kind="secondary">
            {say('console.all-workspaces')}
          </ButtonLink>
        </>
      )}
    </>
  ))
}
