import { Day } from '../parts/row.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Field } from '../parts/field.tsx'
import { Button, Form } from '../parts/form.tsx'
import { type ConsoleOutcome, renderConsolePage, type WorkspaceContext } from './console-page.tsx'
import { type Paging, PagingLinks } from './paging.tsx'
import { Person } from './person.tsx'
import { Table } from './table.tsx'

/** What somebody has besides the mailbox. */
export type Protection = 'passkey' | 'second-step' | 'mailbox'

export interface MembersProps {
  /** In all; `people` are those of this page. */
  count: number
  people: ReadonlyArray<{
    name: string | undefined
    address: string
    href: string
    /** By name. */
    roles: readonly string[]
    protection: Protection
    joinedAt: Date
  }>
  paging: Paging
  find: { form: FormTarget; typed?: string | undefined; problem?: 'field-needed' | 'address-unusable' | 'nobody' | undefined }
  inviteHref: string | undefined
  outcome?: ConsoleOutcome | undefined
}

/** Who is in a workspace. */
export function renderConsoleMembers(page: PageContext, where: WorkspaceContext, props: MembersProps): string {
  const { count, people, paging, find, inviteHref, outcome } = props
  const speaker = speak(page.locale)
  const { say } = speaker
  const { problem } = find
  const action = inviteHref === undefined ? undefined : { href: inviteHref, label: say('console.invite.heading') }
  const options = { title: say('console.section.members'), problem: problem !== undefined, action, outcome }
  return renderConsolePage(page, where, options, () => (
    <>
      <p class="lead">{say('console.members.count', { members: count })}</p>
      <Form target={find.form} class="find">
        <Field
          name="address"
          label={say('console.members.find')}
          hint={say('console.members.find-hint')}
          problem={problem && say(`console.members.${problem}`)}
          input={{ type: 'email', value: find.typed, autocomplete: 'off', spellcheck: false, maxLength: 254 }}
        />
        <Button kind="secondary">{say('console.members.find-button')}</Button>
      </Form>
      <Table
        label={say('console.section.members')}
        columns={[
          say('console.members.who'),
          say('console.members.roles'),
          say('console.members.protection'),
          say('console.members.since'),
        ]}
        rows={people.map(({ name, address, href, roles, protection, joinedAt }) => [
          <Person name={name} address={address} href={href} />,
          <bdi>{roles.join(', ')}</bdi>,
          say(`console.protection.${protection}`),
          <Day page={page} moment={joinedAt} />,
        ])}
      />
      {people.length === 1 && count === 1 && <p class="empty">{say('console.members.alone')}</p>}
      <PagingLinks paging={paging} speaker={speaker} />
    </>
  ))
}
