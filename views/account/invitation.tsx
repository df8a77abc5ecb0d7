import type { VNode } from 'preact'
import { renderDocument } from '../document.tsx'
import { formatList } from '../lists.ts'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Facts } from '../parts/facts.tsx'
import { Button, ButtonLink, Form } from '../parts/form.tsx'
import { MaskedAddress } from '../parts/masked-address.tsx'
import { invitationSentence } from '../parts/open-invitations.tsx'
import { tidyName } from '../text.ts'
import { formatDay } from '../times.ts'

/** What is next for whoever has opened the mail's link. */
export type InvitationStep =
  /** Nobody is signed in. */
  | { kind: 'sign-in'; form: FormTarget }
  /** Whoever was invited is. */
  | { kind: 'accept'; form: FormTarget; address: string }
  /** Somebody else is; the form signs in with the address that was invited. */
  | { kind: 'of-another'; form: FormTarget; address: string }
  /** It was accepted by who is signed in; the workspace's own pages, for whoever has something to do there. */
  | { kind: 'accepted'; workspaceHref: string | undefined }

export interface InvitationProps {
  invitation: {
    workspace: string
    roles: readonly string[]
    inviter?: string | undefined
    /** The address that was invited; shown masked. */
    address: string
    expiresAt: Date
  }
  step: InvitationStep
}

/** Where an invitation's mail leads. */
export function renderInvitation(page: PageContext, { invitation, step }: InvitationProps): string {
  const { say } = speak(page.locale)
  const workspace = tidyName(invitation.workspace)
  if (step.kind === 'accepted') {
    const title = say('invitation.accepted.heading', { workspace })
    return renderDocument(page, { title }, () => (
      <>
        <h1>{title}</h1>
        <p class="lead">{say('invitation.accepted.lead', { workspace })}</p>
        <ButtonLink href={step.workspaceHref ?? '/account/workspaces'} kind="primary">
          {step.workspaceHref ? say('account.workspaces.open-what', { what: workspace }) : say('invitation.accepted.workspaces')}
        </ButtonLink>
      </>
    ))
  }
  const title = say('invitation.heading', { workspace })
  return renderDocument(page, { title }, () => (
    <>
      <h1>{title}</h1>
      <p class="lead">
        <bdi>{invitationSentence(page, invitation)}</bdi>
      </p>
      <Facts
        facts={[
          { name: say('invitation.fact.roles'), value: formatList(page.locale, invitation.roles.map(tidyName)) },
          { name: say('invitation.fact.address'), value: <MaskedAddress address={invitation.address} /> },
          { name: say('invitation.fact.until'), value: formatDay(page.locale, invitation.expiresAt, page.timeZone) },
        ]}
      />
      <Step page={page} step={step} invited={invitation.address} />
      <p class="hint">{say('invitation.ignore')}</p>
    </>
  ))
}

function Step({
  page,
  step,
  invited,
}: {
  page: PageContext
  step: Exclude<InvitationStep, { kind: 'accepted' }>
  invited: string
}): VNode {
  const { say, show } = speak(page.locale)
  switch (step.kind) {
    case 'sign-in':
      return (
        <Form target={step.form} class="stack">
          <p>{say('invitation.sign-in-hint')}</p>
          <Button kind="primary">{say('invitation.sign-in')}</Button>
        </Form>
      )
    case 'accept':
      return (
        <Form target={step.form} class="stack">
          <p>{show('invitation.signed-in-as', { address: <MaskedAddress address={step.address} /> })}</p>
          <Button kind="primary">{say('invitation.accept')}</Button>
        </Form>
      )
    case 'of-another':
      return (
        <Form target={step.form} class="stack">
          <p>
            {show('invitation.of-another', { address: <MaskedAddress address={step.address} /> })}{' '}
            {say('invitation.of-another-next')}
          </p>
          <Button kind="primary">{show('invitation.sign-in-as', { address: <MaskedAddress address={invited} /> })}</Button>
        </Form>
      )
  }
}
