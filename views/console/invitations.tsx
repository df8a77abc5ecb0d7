import { Ago } from '../parts/row.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Field } from '../parts/field.tsx'
import { Button, ButtonForm, ButtonLink, Form } from '../parts/form.tsx'
import { formatDay, formatMoment } from '../times.ts'
import { type ConsoleOutcome, renderConsolePage, type WorkspaceContext } from './console-page.tsx'
import { type Paging, PagingLinks } from './paging.tsx'
import { type RoleOption, RoleOptions } from './role-options.tsx'
import { Table } from './table.tsx'

export interface InvitationsProps {
  now: Date
  open: ReadonlyArray<{
    address: string
    roles: readonly string[]
    sentAt: Date
    expiresAt: Date
    resend: FormTarget
    revokeHref: string
  }>
  paging: Paging
  inviteHref: string
  outcome?: ConsoleOutcome | undefined
}

/** Who is invited and has not come yet. */
export function renderConsoleInvitations(page: PageContext, where: WorkspaceContext, props: InvitationsProps): string {
  const { now, open, paging, inviteHref, outcome } = props
  const speaker = speak(page.locale)
  const { say } = speaker
  const action = { href: inviteHref, label: say('console.invite.heading') }
  return renderConsolePage(page, where, { title: say('console.section.invitations'), action, outcome }, () => (
    <>
      <p class="lead">{say('console.invitations.lead')}</p>
      {open.length === 0 ? (
        <p class="empty">{say('console.invitations.empty')}</p>
      ) : (
        <Table
          label={say('console.section.invitations')}
          columns={[
            say('console.member.address'),
            say('console.members.roles'),
            say('console.invitations.sent'),
            say('console.invitations.until'),
            <span class="heard">{say('console.invitations.actions')}</span>,
          ]}
          rows={open.map(({ address, roles, sentAt, expiresAt, resend, revokeHref }) => [
            <bdi>{address}</bdi>,
            <bdi>{roles.join(', ')}</bdi>,
            <Ago page={page} moment={sentAt} now={now} />,
            <time dateTime={expiresAt.toISOString()} title={formatMoment(page.locale, expiresAt, page.timeZone)}>
              {formatDay(page.locale, expiresAt, page.timeZone)}
            </time>,
            <div class="row-actions">
              <ButtonForm target={resend} kind="plain">
                {say('console.invitations.resend')}
              </ButtonForm>
              <a href={revokeHref} aria-label={say('console.invitations.revoke-what', { what: address })}>
                {say('console.invitations.revoke')}
              </a>
            </div>,
          ])}
        />
      )}
      <PagingLinks paging={paging} speaker={speaker} />
    </>
  ))
}

export interface InviteProps {
  form: FormTarget
  typed?: string | undefined
  roles: readonly RoleOption[]
  problem?: 'field-needed' | 'address-unusable' | 'already-member' | 'no-role' | undefined
  lifetimeDays: number
  backHref: string
}

/** Asks whom to invite, and as what. */
export function renderConsoleInvite(page: PageContext, where: WorkspaceContext, props: InviteProps): string {
  const { form, typed, roles, problem, lifetimeDays, backHref } = props
  const speaker = speak(page.locale)
  const { say } = speaker
  const options = { title: say('console.invite.heading'), problem: problem !== undefined }
  const addressProblem = problem === 'no-role' ? undefined : problem
  return renderConsolePage(page, where, options, () => (
    <>
      <p class="lead">{say('console.invite.lead', { days: lifetimeDays })}</p>
      <Form target={form} class="stack">
        <div class="narrow">
          <Field
            name="address"
            label={say('console.member.address')}
            focused={problem === undefined}
            problem={addressProblem && say(`console.invite.${addressProblem}`)}
            input={{ type: 'email', value: typed, autocomplete: 'off', spellcheck: false, maxLength: 254 }}
          />
        </div>
        <RoleOptions roles={roles} problem={problem === 'no-role' ? problem : undefined} speaker={speaker} />
        <div class="buttons">
          <Button kind="primary">{say('console.invite.button')}</Button>
          <ButtonLink href={backHref} kind="secondary">
            {say('console.back')}
          </ButtonLink>
        </div>
      </Form>
    </>
  ))
}
