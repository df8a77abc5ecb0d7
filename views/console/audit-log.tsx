import type { VNode } from 'preact'
import { Ago } from '../parts/row.tsx'
import { type Speaker, speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Field } from '../parts/field.tsx'
import { Button, ButtonLink, Form } from '../parts/form.tsx'
import { formatMoment } from '../times.ts'
import { actionName, auditActions } from './audit-actions.ts'
import { fieldName, fieldValue } from './audit-fields.ts'
import { renderConsolePage, type WorkspaceContext } from './console-page.tsx'
import { type Paging, PagingLinks } from './paging.tsx'
import { Table } from './table.tsx'

/** Somebody or something that acted, or was acted upon. */
export type Party =
  | { kind: 'person'; address: string; href: string | undefined }
  /** Who is a member no more, or of whom nothing is left; the id tells them apart. */
  | { kind: 'gone'; id: string }
  | { kind: 'app' | 'api-key' | 'other'; name: string }
  | { kind: 'installation' }

export interface AuditEntry {
  action: string
  at: Date
  actor: Party | undefined
  target: Party | undefined
  /** What differs, before and after; where there was nothing before, or is nothing after, that side is undefined. */
  changes: ReadonlyArray<{ field: string; before: string | undefined; after: string | undefined }>
  /** More that was kept of it, by the names that the log has for it. */
  facts: ReadonlyArray<{ name: string; value: string }>
  /** Why nothing more can be read: its time was over, its person was erased, or somebody altered it. */
  unreadable: 'emptied' | 'erased' | 'broken' | undefined
}

export interface AuditLogProps {
  now: Date
  entries: readonly AuditEntry[]
  paging: Paging
  filters: {
    form: FormTarget
    who: string
    whom: string
    action: string
    from: string
    until: string
    problem?: { field: 'who' | 'whom'; kind: 'nobody' } | undefined
    clearHref: string | undefined
  }
  /** All of the log as a file, or the plan that lacks that; undefined for whoever may not have it. */
  download: { form: FormTarget } | { lackingPlan: string } | undefined
}

/** Who did what, and what it was before. */
export function renderConsoleAuditLog(page: PageContext, where: WorkspaceContext, props: AuditLogProps): string {
  const { now, entries, paging, filters, download } = props
  const speaker = speak(page.locale)
  const { say } = speaker
  const options = { title: say('console.section.audit'), problem: filters.problem !== undefined }
  return renderConsolePage(page, where, options, () => (
    <>
      <p class="lead">{say('console.audit.lead')}</p>
      <Filters filters={filters} speaker={speaker} />
      {entries.length === 0 ? (
        <p class="empty">{say(filters.clearHref ? 'console.audit.nothing-found' : 'console.audit.empty')}</p>
      ) : (
        <ol class="events">
          {entries.map(entry => (
            <Entry page={page} entry={entry} now={now} speaker={speaker} />
          ))}
        </ol>
      )}
      <PagingLinks paging={paging} speaker={speaker} />
      {download && <DownloadOffer download={download} speaker={speaker} />}
    </>
  ))
}

function DownloadOffer({
  download,
  speaker: { say },
}: {
  download: NonNullable<AuditLogProps['download']>
  speaker: Speaker
}): VNode {
  return (
    <section>
      <h2>{say('console.audit.download')}</h2>
      {'lackingPlan' in download ? (
        <p>{say('console.audit.download-plan-lacks', { plan: download.lackingPlan, entitlement: 'audit-export' })}</p>
      ) : (
        <>
          <p>{say('console.audit.download-lead')}</p>
          <Form target={download.form} class="buttons">
            {(['ndjson', 'csv'] as const).map(format => (
              <Button kind="secondary" name="format" value={format}>
                {say(`console.audit.download-${format}`)}
              </Button>
            ))}
          </Form>
        </>
      )}
    </section>
  )
}

function Filters({ filters, speaker }: { filters: AuditLogProps['filters']; speaker: Speaker }): VNode {
  const { say } = speaker
  const { form, who, whom, action, from, until, problem, clearHref } = filters
  const problemOf = (field: 'who' | 'whom') => (problem?.field === field ? say(`console.audit.${problem.kind}`) : undefined)
  const address = { type: 'text', autocomplete: 'off', spellcheck: false, autoCapitalize: 'off', maxLength: 254 } as const
  return (
    <details class="filters" open={clearHref !== undefined || problem !== undefined}>
      <summary>{say('console.audit.filter')}</summary>
      <Form target={form} class="filter-fields">
        <div class="field">
          <label for="action">{say('console.audit.what')}</label>
          <select id="action" name="action">
            <option value="">{say('console.audit.anything')}</option>
            {auditActions.map(each => (
              <option value={each} selected={each === action}>
                {actionName(each, speaker)}
              </option>
            ))}
          </select>
        </div>
        <Field
          name="who"
          label={say('console.audit.who')}
          hint={say('console.audit.address-hint')}
          problem={problemOf('who')}
          input={{ ...address, value: who }}
        />
        <Field
          name="whom"
          label={say('console.audit.whom')}
          hint={say('console.audit.address-hint')}
          problem={problemOf('whom')}
          input={{ ...address, value: whom }}
        />
        <Field name="from" label={say('console.audit.from')} input={{ type: 'date', value: from }} />
        <Field name="until" label={say('console.audit.until')} input={{ type: 'date', value: until }} />
        <div class="buttons">
          <Button kind="secondary">{say('console.audit.search')}</Button>
          {clearHref && (
            <ButtonLink href={clearHref} kind="plain">
              {say('console.audit.clear')}
            </ButtonLink>
          )}
        </div>
      </Form>
    </details>
  )
}

function Entry({ page, entry, now, speaker }: { page: PageContext; entry: AuditEntry; now: Date; speaker: Speaker }): VNode {
  const { say, show } = speaker
  const { action, at, actor, target, changes, facts, unreadable } = entry
  return (
    <li class="event">
      <p class="event-title">
        <strong>{actionName(action, speaker)}</strong>
        {target && (
          <>
            {' '}
            <PartyName party={target} speaker={speaker} />
          </>
        )}
      </p>
      <p class="row-detail">
        {actor && <>{show('console.audit.by', { actor: <PartyName party={actor} speaker={speaker} /> })} · </>}
        <Ago page={page} moment={at} now={now} />
      </p>
      {unreadable && <p class="row-detail">{say(`console.audit.${unreadable}`)}</p>}
      {changes.length > 0 && (
        <Table
          class="compare"
          label={say('console.audit.changes')}
          columns={[say('console.audit.field'), say('console.audit.before'), say('console.audit.after')]}
          rows={changes.map(({ field, before, after }) => [
            fieldName(field, speaker) ?? <code class="key">{field}</code>,
            <Value page={page} field={field} value={before} speaker={speaker} />,
            <Value page={page} field={field} value={after} speaker={speaker} />,
          ])}
        />
      )}
      <details class="row-more">
        <summary>{say('console.audit.more')}</summary>
        <dl class="event-facts">
          {[
            { name: 'action', value: action },
            { name: 'time', value: formatMoment(page.locale, at, page.timeZone) },
            ...facts,
          ].map(({ name, value }) => (
            <div>
              <dt>
                <code class="key">{name}</code>
              </dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  )
}

/** As the log has it, but for moments and levels, which are told as everywhere. */
function Value({
  page,
  field,
  value,
  speaker,
}: {
  page: PageContext
  field: string
  value: string | undefined
  speaker: Speaker
}): VNode {
  if (value === undefined)
    return (
      <>
        <span aria-hidden="true">–</span>
        <span class="heard">{speaker.say('console.audit.nothing')}</span>
      </>
    )
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return <bdi>{fieldValue(field, value, speaker)}</bdi>
  return (
    <time dateTime={value} title={value}>
      {formatMoment(page.locale, new Date(value), page.timeZone)}
    </time>
  )
}

function PartyName({ party, speaker: { say } }: { party: Party; speaker: Speaker }): VNode {
  switch (party.kind) {
    case 'person':
      return party.href ? (
        <a href={party.href}>
          <bdi>{party.address}</bdi>
        </a>
      ) : (
        <bdi>{party.address}</bdi>
      )
    case 'gone':
      return (
        <>
          {say('console.audit.gone')} <code class="key">{party.id}</code>
        </>
      )
    case 'installation':
      return <>{say('console.audit.system')}</>
    case 'app':
    case 'api-key':
    case 'other':
      return <bdi>{party.name}</bdi>
  }
}
