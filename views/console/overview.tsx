import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Day } from '../parts/row.tsx'
import { Facts } from '../parts/facts.tsx'
import { Field } from '../parts/field.tsx'
import { Button, ButtonLink, Form } from '../parts/form.tsx'
import { Notice } from '../parts/notice.tsx'
import { ActionSection } from './action-section.tsx'
import { type ConsoleOutcome, renderConsolePage, type WorkspaceContext } from './console-page.tsx'
import { formatDay } from '../times.ts'

export type RequiredLevel = 'none' | 'any-second-factor' | 'phishing-resistant'

export interface ConsoleOverviewProps {
  plan: string
  createdAt: Date
  members: number
  /** The reader's own roles, by name. */
  roles: readonly string[]
  requirement: { level: RequiredLevel; from: Date | undefined; changeHref: string | undefined }
  /** Absent where the reader may not rename it. */
  rename?:
    | { form: FormTarget; name: string; problem?: 'field-needed' | 'name-too-long' | 'name-web-address' | undefined }
    | undefined
  leaveHref?: string | undefined
  deleteHref?: string | undefined
  graceDays: number
  /** Somebody was faster: what is shown is what they made of it. */
  stale?: boolean
  outcome?: ConsoleOutcome | undefined
}

/** What a workspace is, and what can be set for it. */
export function renderConsoleOverview(page: PageContext, where: WorkspaceContext, props: ConsoleOverviewProps): string {
  const { plan, createdAt, members, roles, requirement, rename, stale, outcome } = props
  const { say } = speak(page.locale)
  const problem = rename?.problem
  const options = { title: say('console.section.overview'), problem: problem !== undefined || stale === true, outcome }
  return renderConsolePage(page, where, options, ({ show }) => (
    <>
      {stale && <Notice kind="alert">{say('console.stale')}</Notice>}
      <Facts
        facts={[
          { name: say('console.overview.name'), value: <bdi>{where.name}</bdi> },
          { name: say('console.overview.slug'), value: <code class="key">{where.slug}</code> },
          { name: say('console.overview.members'), value: say('console.members.count', { members }) },
          { name: say('console.overview.plan'), value: <bdi>{plan}</bdi> },
          { name: say('console.overview.since'), value: <Day page={page} moment={createdAt} /> },
          { name: say('console.overview.your-roles'), value: <bdi>{roles.join(', ')}</bdi> },
        ]}
      />
      {rename && (
        <section>
          <h2>{say('console.overview.rename')}</h2>
          <p>{say('console.overview.rename-lead')}</p>
          <Form target={rename.form} class="stack narrow">
            <Field
              name="name"
              label={say('console.overview.name')}
              problem={problem && say(`console.name.${problem}`)}
              input={{ type: 'text', value: rename.name, autocomplete: 'off', maxLength: 200 }}
            />
            <div class="buttons">
              <Button kind="primary">{say('console.save')}</Button>
            </div>
          </Form>
        </section>
      )}
      <section>
        <h2>{say('console.requirement.heading')}</h2>
        <p>
          {say(`console.requirement.now.${requirement.level}`)}{' '}
          {requirement.from && show('console.requirement.from', { day: formatDay(page.locale, requirement.from, page.timeZone) })}
        </p>
        {requirement.changeHref && (
          <div class="buttons">
            <ButtonLink href={requirement.changeHref} kind="secondary">
              {say('console.requirement.change')}
            </ButtonLink>
          </div>
        )}
      </section>
      {(props.leaveHref || props.deleteHref) && (
        <div class="actions">
          {props.leaveHref && (
            <ActionSection heading={say('console.leave.heading')} lead={say('console.leave.lead')} href={props.leaveHref} />
          )}
          {props.deleteHref && (
            <ActionSection
              heading={say('console.delete.heading')}
              lead={say('console.delete.lead', { days: props.graceDays })}
              href={props.deleteHref}
            />
          )}
        </div>
      )}
    </>
  ))
}
