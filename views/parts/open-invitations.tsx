import type { VNode } from 'preact'
import { formatList } from '../lists.ts'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { tidyName } from '../text.ts'
import { Button, Form } from './form.tsx'

export interface OpenInvitation {
  id: string
  workspace: string
  roles: readonly string[]
  /** Who invites, where that is somebody. */
  inviter?: string | undefined
}

/** Who invites to what, in a sentence. */
export function invitationSentence(page: PageContext, { workspace, inviter }: Omit<OpenInvitation, 'id'>): string {
  const { say } = speak(page.locale)
  const names = { workspace: tidyName(workspace), installation: tidyName(page.installationName) }
  return inviter === undefined
    ? say('invitation.lead', names)
    : say('invitation.lead-by', { ...names, inviter: tidyName(inviter) })
}

/** Invitations that somebody can accept where they are. */
export function OpenInvitations({
  page,
  invitations,
  accept,
}: {
  page: PageContext
  invitations: readonly OpenInvitation[]
  /** Takes the field `invitation`. */
  accept: FormTarget
}): VNode | null {
  const { say } = speak(page.locale)
  if (invitations.length === 0) return null
  return (
    <section>
      <h2>{say('choose-workspace.invitations')}</h2>
      <div class="stack">
        {invitations.map(invitation => (
          <Form target={accept} class="stack">
            <p>
              <bdi>{invitationSentence(page, invitation)}</bdi>{' '}
              {say('invitation.as', { roles: formatList(page.locale, invitation.roles.map(tidyName)) })}
            </p>
            <Button kind="secondary" name="invitation" value={invitation.id}>
              {say('choose-workspace.join', { workspace: tidyName(invitation.workspace) })}
            </Button>
          </Form>
        ))}
      </div>
    </section>
  )
}
