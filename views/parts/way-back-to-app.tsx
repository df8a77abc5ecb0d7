import type { VNode } from 'preact'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { appName } from '../text.ts'
import { ButtonForm } from './form.tsx'

/** Takes the person back to the app without a sign-in. */
export function WayBackToApp({ page, cancel }: { page: PageContext; cancel: FormTarget }): VNode {
  return (
    <ButtonForm target={cancel} kind="plain">
      {speak(page.locale).show('back-to-app', { app: <bdi>{appName(page)}</bdi> })}
    </ButtonForm>
  )
}
