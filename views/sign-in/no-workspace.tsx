import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { type FoundingProps, FoundingForm } from '../parts/founding-form.tsx'
import { Button, ButtonLink, Form } from '../parts/form.tsx'
import { MaskedAddress } from '../parts/masked-address.tsx'
import { OpenInvitations, type OpenInvitation } from '../parts/open-invitations.tsx'
import { WayBackToApp } from '../parts/way-back-to-app.tsx'
import { appName } from '../text.ts'

export interface NoWorkspaceProps {
  /** They have none; or the app asked for one that is not theirs to open, if it is there at all. */
  reason: 'none' | 'refused'
  /** Who is signed in; shown masked. */
  address: string
  invitations: readonly OpenInvitation[]
  /** Takes the field `invitation`. */
  accept: FormTarget
  /** Takes the field `name`, where people may found workspaces. */
  found?: FoundingProps
  /** Where everybody has a workspace of their own, and they have none yet. */
  makeOwn?: FormTarget
  /** Takes the person back to the app without a sign-in. */
  cancel: FormTarget
  /** For somebody else. */
  signOutHref: string
}

/** Somebody is signed in, and there is no workspace for the app to open. */
export function renderNoWorkspace(page: PageContext, props: NoWorkspaceProps): string {
  const { reason, found, makeOwn } = props
  const title = speak(page.locale).say(`no-workspace.${reason}.heading`)
  const app = <bdi>{appName(page)}</bdi>
  const address = <MaskedAddress address={props.address} />
  return renderDocument(page, { title, problem: found?.problem !== undefined }, ({ say, show }) => (
    <>
      <h1>{title}</h1>
      <p class="lead">{show(`no-workspace.${reason}.lead`, { app, address })}</p>
      {props.invitations.length === 0 && makeOwn === undefined && <p>{show(`no-workspace.${reason}.next`, { app })}</p>}
      <OpenInvitations page={page} invitations={props.invitations} accept={props.accept} />
      {makeOwn && (
        <Form target={makeOwn} class="stack">
          <p>{say('no-workspace.own.lead')}</p>
          <Button kind="primary">{say('no-workspace.own.button')}</Button>
        </Form>
      )}
      {found && (
        <section>
          <h2>{say('no-workspace.found.heading')}</h2>
          <FoundingForm page={page} found={found} />
        </section>
      )}
      <div class="ways-out">
        <WayBackToApp page={page} cancel={props.cancel} />
        <ButtonLink href={props.signOutHref} kind="plain">
          {say('choose-workspace.other-account')}
        </ButtonLink>
      </div>
    </>
  ))
}
