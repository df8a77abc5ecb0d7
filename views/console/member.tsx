import { Day } from '../parts/row.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Facts } from '../parts/facts.tsx'
import { Button, ButtonLink, Form } from '../parts/form.tsx'
import { Notice } from '../parts/notice.tsx'
import { tidyName } from '../text.ts'
import { ActionSection } from './action-section.tsx'
import { type ConsoleOutcome, renderConsolePage, type WorkspaceContext } from './console-page.tsx'
import { MemberSessionList, type MemberSessions } from './member-sessions.tsx'
import type { Protection } from './members.tsx'
import { type RoleOption, RoleOptions } from './role-options.tsx'

export interface MemberProps {
  name: string | undefined
  address: string
  roles: readonly string[]
  protection: Protection
  joinedAt: Date
  own: boolean
  /** Absent where the reader may not see them. */
  sessions?: MemberSessions | undefined
  changeRolesHref: string | undefined
  resetHref: string | undefined
  handOverHref: string | undefined
  /** Of oneself: to leave. */
  removeHref: string | undefined
  outcome?: ConsoleOutcome | undefined
}

/** One member, and what can be done about them. */
export function renderConsoleMember(page: PageContext, where: WorkspaceContext, props: MemberProps): string {
  const { name, address, roles, protection, joinedAt, own } = props
  const { say } = speak(page.locale)
  const title = (name === undefined ? '' : tidyName(name)) || address
  return renderConsolePage(page, where, { title, outcome: props.outcome }, () => (
    <>
      {own && <p class="lead">{say('console.member.you')}</p>}
      <Facts
        facts={[
          { name: say('console.member.address'), value: <bdi>{address}</bdi> },
          { name: say('console.members.roles'), value: <bdi>{roles.join(', ')}</bdi> },
          { name: say('console.members.since'), value: <Day page={page} moment={joinedAt} /> },
        ]}
      />
      {props.changeRolesHref && (
        <div class="buttons">
          <ButtonLink href={props.changeRolesHref} kind="secondary">
            {say('console.member.change-roles')}
          </ButtonLink>
        </div>
      )}
      <section>
        <h2>{say('console.members.protection')}</h2>
        <p>{say(`console.protection.${protection}.why`)}</p>
      </section>
      {props.sessions && <MemberSessionList page={page} sessions={props.sessions} />}
      {(props.resetHref || props.handOverHref || props.removeHref) && (
        <div class="actions">
          {props.resetHref && (
            <ActionSection heading={say('console.member.reset')} lead={say('console.member.reset-lead')} href={props.resetHref} />
          )}
          {props.handOverHref && (
            <ActionSection
              heading={say('console.member.hand-over')}
              lead={say('console.member.hand-over-lead')}
              href={props.handOverHref}
            />
          )}
          {props.removeHref && (
            <ActionSection
              heading={say(own ? 'console.leave.heading' : 'console.member.remove')}
              lead={say(own ? 'console.leave.lead' : 'console.member.remove-lead')}
              href={props.removeHref}
            />
          )}
        </div>
      )}
    </>
  ))
}

export interface MemberRolesProps {
  address: string
  form: FormTarget
  roles: readonly RoleOption[]
  problem?: 'no-role' | undefined
  stale?: boolean
  backHref: string
}

/** What somebody is in the workspace. */
export function renderMemberRoles(page: PageContext, where: WorkspaceContext, props: MemberRolesProps): string {
  const { address, form, roles, problem, stale, backHref } = props
  const speaker = speak(page.locale)
  const { say } = speaker
  const options = { title: say('console.member.change-roles'), problem: problem !== undefined || stale === true }
  return renderConsolePage(page, where, options, ({ show }) => (
    <>
      {stale && <Notice kind="alert">{say('console.stale')}</Notice>}
      <p class="lead">
        {show('console.member.roles-lead', {
          address: (
            <strong>
              <bdi>{address}</bdi>
            </strong>
          ),
        })}
      </p>
      <Form target={form} class="stack">
        <RoleOptions roles={roles} problem={problem} speaker={speaker} />
        <div class="buttons">
          <Button kind="primary">{say('console.save')}</Button>
          <ButtonLink href={backHref} kind="secondary">
            {say('console.back')}
          </ButtonLink>
        </div>
      </Form>
    </>
  ))
}
