import { Day, Row, Rows } from '../parts/row.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Field } from '../parts/field.tsx'
import { Button, ButtonLink, Form } from '../parts/form.tsx'
import { Notice } from '../parts/notice.tsx'
import { renderConsolePage, type WorkspaceContext } from './console-page.tsx'
import type { RequiredLevel } from './overview.tsx'
import { type Paging, PagingLinks } from './paging.tsx'
import { Person } from './person.tsx'
import { Table } from './table.tsx'

/** What can be required, each with how many it would reach unprepared. */
export function renderConsoleRequirement(
  page: PageContext,
  where: WorkspaceContext,
  { levels }: { levels: ReadonlyArray<{ level: RequiredLevel; lacking: number; current: boolean; href: string }> },
): string {
  const { say } = speak(page.locale)
  return renderConsolePage(page, where, { title: say('console.requirement.heading') }, () => (
    <>
      <p class="lead">{say('console.requirement.lead')}</p>
      <Rows>
        {levels.map(({ level, lacking, current, href }) => (
          <Row
            title={say(`console.requirement.level.${level}`)}
            badge={current ? say('console.requirement.current') : undefined}
            details={[
              say(`console.requirement.does.${level}`),
              level !== 'none' && say('console.requirement.lacking', { people: lacking }),
            ]}
          >
            {/* Where nothing more is needed there is no day to change. */}
            {!(current && level === 'none') && (
              <a
                href={href}
                aria-label={`${say(current ? 'console.requirement.look-current' : 'console.requirement.look')}, ${say(`console.requirement.level.${level}`)}`}
              >
                {say(current ? 'console.requirement.look-current' : 'console.requirement.look')}
              </a>
            )}
          </Row>
        ))}
      </Rows>
      <ButtonLink href={`/admin/${where.slug}`} kind="secondary">
        {say('console.back')}
      </ButtonLink>
    </>
  ))
}

export interface RequirementReviewProps {
  level: RequiredLevel
  form: FormTarget
  /** How many have nothing that meets it, and those of them that this page shows. */
  lacking: number
  people: ReadonlyArray<{ name: string | undefined; address: string; href: string; joinedAt: Date }>
  paging: Paging
  /** As a date field has it: 2030-01-31; empty for at once. */
  from: string
  problem?: 'day' | undefined
  stale?: boolean
  backHref: string
}

/** Whom it reaches, and from when, before it is required. */
export function renderRequirementReview(page: PageContext, where: WorkspaceContext, props: RequirementReviewProps): string {
  const { level, form, lacking, people, paging, from, problem, stale } = props
  const speaker = speak(page.locale)
  const { say } = speaker
  const options = { title: say(`console.requirement.level.${level}`), problem: problem !== undefined || stale === true }
  return renderConsolePage(page, where, options, () => (
    <>
      {stale && <Notice kind="alert">{say('console.stale')}</Notice>}
      <p class="lead">{say(`console.requirement.does.${level}`)}</p>
      {level !== 'none' && (
        <section>
          <h2>{say('console.requirement.affected')}</h2>
          <p>{say(lacking === 0 ? 'console.requirement.nobody' : 'console.requirement.affected-lead', { people: lacking })}</p>
          {people.length > 0 && (
            <Table
              label={say('console.requirement.affected')}
              columns={[say('console.members.who'), say('console.members.since')]}
              rows={people.map(({ name, address, href, joinedAt }) => [
                <Person name={name} address={address} href={href} />,
                <Day page={page} moment={joinedAt} />,
              ])}
            />
          )}
          <PagingLinks paging={paging} speaker={speaker} />
        </section>
      )}
      <Form target={form} class="stack narrow">
        {level !== 'none' && (
          <Field
            name="from"
            label={say('console.requirement.day')}
            hint={say('console.requirement.day-hint')}
            problem={problem && say('console.requirement.day-problem')}
            input={{ type: 'date', value: from }}
          />
        )}
        <div class="buttons">
          <Button kind="primary">{say(`console.requirement.button.${level}`)}</Button>
          <ButtonLink href={props.backHref} kind="secondary">
            {say('console.back')}
          </ButtonLink>
        </div>
      </Form>
    </>
  ))
}
