import type { VNode } from 'preact'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { appName } from '../text.ts'
import { ButtonLink } from './form.tsx'

/** Where somebody goes from a page that is an end: to the app where it says where it is, else to the account. */
export function Onward({ page, signedOut = false }: { page: PageContext; signedOut?: boolean }): VNode {
  const { say, show } = speak(page.locale)
  if (page.app?.href !== undefined) {
    return (
      <ButtonLink href={page.app.href} kind="secondary">
        {show('back-to-app', { app: <bdi>{appName(page)}</bdi> })}
      </ButtonLink>
    )
  }
  return (
    <ButtonLink href="/account" kind="secondary">
      {say(signedOut ? 'onward.sign-in' : 'onward.account')}
    </ButtonLink>
  )
}
