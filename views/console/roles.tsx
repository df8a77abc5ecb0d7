import { Row, Rows } from '../parts/row.tsx'
import { type Speaker, speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Field } from '../parts/field.tsx'
import { Button, ButtonLink, Form } from '../parts/form.tsx'
import { AlertIcon } from '../parts/icons.tsx'
import { Notice } from '../parts/notice.tsx'
import { type ConsoleOutcome, renderConsolePage, type WorkspaceContext } from './console-page.tsx'
import { PermissionName } from './permission-name.tsx'
import { type BuiltInRole, builtInRoleKeys, builtInRoleNames } from '../role-names.ts'
import { Table } from './table.tsx'

export interface RolesProps {
  /** Each permission with the built-in roles that have it; `app` where it is one of an app's own. */
  table: ReadonlyArray<{ permission: string; app: string | undefined; roles: readonly BuiltInRole[] }>
  own: ReadonlyArray<{
    key: string
    name: string
    permissions: readonly string[]
    changeHref: string | undefined
    deleteHref: string | undefined
  }>
  /** A new one, with what a built-in one has to begin with; empty where the reader may make none. */
  createFrom: ReadonlyArray<{ role: BuiltInRole; href: string }>
  /** The plan, where it lacks roles of a workspace's own and the reader could make them otherwise. */
  lackingPlan?: string | undefined
  outcome?: ConsoleOutcome | undefined
}

/** What each role may do. */
export function renderConsoleRoles(page: PageContext, where: WorkspaceContext, props: RolesProps): string {
  const { table, own, createFrom, lackingPlan, outcome } = props
  const speaker = speak(page.locale)
  const { say } = speaker
  return renderConsolePage(page, where, { title: say('console.section.roles'), outcome }, () => (
    <>
      <p class="lead">{say('console.roles.lead')}</p>
      <section>
        <h2>{say('console.roles.own')}</h2>
        {lackingPlan !== undefined && (
          <>
            <p>{say('console.roles.plan-lacks', { plan: lackingPlan, entitlement: 'custom-roles' })}</p>
            {own.length > 0 && <p>{say('console.roles.plan-lacks-now')}</p>}
          </>
        )}
        <Rows empty={say(lackingPlan === undefined ? 'console.roles.own-empty' : 'console.roles.none')}>
          {own.map(({ key, name, permissions, changeHref, deleteHref }) => (
            <Row
              title={<bdi>{name}</bdi>}
              details={[
                <>
                  <code class="key">{key}</code> · {say('console.role.own.why', { permissions: permissions.length })}
                </>,
              ]}
              below={
                permissions.length > 0 && (
                  <details class="row-more">
                    <summary>{say('console.roles.may')}</summary>
                    <ul class="scopes">
                      {permissions.map(permission => (
                        <li>
                          <PermissionName permission={permission} speaker={speaker} />
                        </li>
                      ))}
                    </ul>
                  </details>
                )
              }
            >
              {changeHref && (
                <a href={changeHref} aria-label={say('console.roles.change-what', { what: name })}>
                  {say('console.roles.change')}
                </a>
              )}
              {deleteHref && (
                <a href={deleteHref} aria-label={say('console.roles.delete-what', { what: name })}>
                  {say('console.roles.delete')}
                </a>
              )}
            </Row>
          ))}
        </Rows>
        {createFrom.length > 0 && (
          <>
            <p>{say('console.roles.create-lead')}</p>
            <div class="buttons">
              {createFrom.map(({ role, href }) => (
                <ButtonLink href={href} kind="secondary">
                  {say('console.roles.create-from', { role: builtInRoleNames[role] })}
                </ButtonLink>
              ))}
            </div>
          </>
        )}
      </section>
      <section>
        <h2>{say('console.roles.table')}</h2>
        <Table
          class="matrix"
          label={say('console.roles.table')}
          columns={[say('console.roles.permission'), ...builtInRoleKeys.map(role => builtInRoleNames[role])]}
          rows={table.map(({ permission, app, roles }) => [
            <PermissionName permission={permission} {...(app === undefined ? {} : { app })} speaker={speaker} />,
            ...builtInRoleKeys.map(role =>
              roles.includes(role) ? (
                <span class="yes">
                  <span aria-hidden="true">✓</span>
                  <span class="heard">{say('console.roles.yes')}</span>
                </span>
              ) : (
                <span class="no">
                  <span aria-hidden="true">–</span>
                  <span class="heard">{say('console.roles.no')}</span>
                </span>
              ),
            ),
          ])}
        />
      </section>
    </>
  ))
}

export interface RoleFormProps {
  kind: 'create' | 'change'
  form: FormTarget
  name: string
  /** Fixed once the role is there: it stands in tokens. */
  key: string
  permissions: ReadonlyArray<{ permission: string; app: string | undefined; checked: boolean; given: boolean }>
  /** How many have it, who gain and lose what is changed here. */
  holders: number
  problem?: 'field-needed' | 'name-too-long' | 'key-form' | 'key-taken' | undefined
  stale?: boolean
  backHref: string
}

/** A role of the workspace's own. */
export function renderRoleForm(page: PageContext, where: WorkspaceContext, props: RoleFormProps): string {
  const { kind, form, name, key, permissions, holders, problem, stale, backHref } = props
  const speaker = speak(page.locale)
  const { say } = speaker
  const ofKey = problem === 'key-form' || problem === 'key-taken'
  const options = { title: say(`console.roles.${kind}-heading`), problem: problem !== undefined || stale === true }
  return renderConsolePage(page, where, options, () => (
    <>
      {stale && <Notice kind="alert">{say('console.stale')}</Notice>}
      {kind === 'change' && <p class="lead">{say('console.roles.holders', { people: holders })}</p>}
      <Form target={form} class="stack">
        <div class="stack narrow">
          <Field
            name="name"
            label={say('console.roles.name')}
            hint={say('console.roles.name-hint')}
            problem={problem && !ofKey ? say(`console.name.${problem}`) : undefined}
            input={{ type: 'text', value: name, autocomplete: 'off', maxLength: 200 }}
          />
          {kind === 'create' && (
            <Field
              name="key"
              label={say('console.roles.key')}
              hint={say('console.roles.key-hint')}
              problem={ofKey ? say(`console.roles.${problem}`) : undefined}
              input={{ type: 'text', value: key, autocomplete: 'off', spellcheck: false, autoCapitalize: 'off', maxLength: 40 }}
            />
          )}
        </div>
        <Permissions permissions={permissions} speaker={speaker} />
        <div class="buttons">
          <Button kind="primary">{say(kind === 'create' ? 'console.roles.create' : 'console.save')}</Button>
          <ButtonLink href={backHref} kind="secondary">
            {say('console.back')}
          </ButtonLink>
        </div>
      </Form>
    </>
  ))
}

/** What the reader has not cannot be given; it is shown all the same, so that nobody looks for it. */
function Permissions({ permissions, speaker }: { permissions: RoleFormProps['permissions']; speaker: Speaker }) {
  const { say } = speaker
  return (
    <fieldset class="options many">
      <legend>{say('console.roles.may')}</legend>
      {permissions.some(({ given }) => !given) && (
        <p class="hint remark">
          <AlertIcon /> {say('console.roles.not-yours')}
        </p>
      )}
      {permissions.map(({ permission, app, checked, given }) => (
        <label class="option">
          <input type="checkbox" name={`permission:${permission}`} value="on" checked={checked} disabled={!given} />
          <span>
            <PermissionName permission={permission} {...(app === undefined ? {} : { app })} speaker={speaker} />
          </span>
        </label>
      ))}
    </fieldset>
  )
}
