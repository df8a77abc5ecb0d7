import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Button, ButtonLink, Form } from '../parts/form.tsx'
import { OpenInvitations, type OpenInvitation } from '../parts/open-invitations.tsx'
import { WayBackToApp } from '../parts/way-back-to-app.tsx'
import { appName, tidyName } from '../text.ts'

export interface ChooseWorkspaceProps {
  /** Takes the field `workspace`. */
  choose: FormTarget
  workspaces: ReadonlyArray<{ id: string; name: string; personal: boolean }>
  invitations: readonly OpenInvitation[]
  /** Takes the field `invitation`. */
  accept: FormTarget
  /** Takes the person back to the app without a sign-in. */
  cancel: FormTarget
  /** For somebody else. */
  signOutHref: string
}

/** Asks in which of their workspaces somebody is going to work. */
export function renderChooseWorkspace(page: PageContext, props: ChooseWorkspaceProps): string {
  const title = speak(page.locale).say('choose-workspace.heading')
  const app = appName(page)
  return renderDocument(page, { title }, ({ say, show }) => (
    <>
      <h1>{title}</h1>
      <p class="lead">{show('choose-workspace.lead', { app: <bdi>{app}</bdi> })}</p>
      <Form target={props.choose} class="stack">
        {props.workspaces.map(({ id, name, personal }) => (
          <Button kind="secondary" name="workspace" value={id}>
            {personal ? say('choose-workspace.personal') : <bdi>{tidyName(name)}</bdi>}
          </Button>
        ))}
      </Form>
      <OpenInvitations page={page} invitations={props.invitations} accept={props.accept} />
      <div class="ways-out">
        <WayBackToApp page={page} cancel={props.cancel} />
        <ButtonLink href={props.signOutHref} kind="plain">
          {say('choose-workspace.other-account')}
        </ButtonLink>
      </div>
    </>
  ))
}
