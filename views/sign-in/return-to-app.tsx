import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Button, Form } from '../parts/form.tsx'
import { appName } from '../text.ts'

export interface ReturnToAppProps {
  /** The app's redirect URI, with what the app is told. */
  form: FormTarget
}

/** Takes the app its answer by a form, which posts itself; a browser that runs no script has a button for it. */
export function renderReturnToApp(page: PageContext, { form }: ReturnToAppProps): string {
  const app = appName(page)
  return renderDocument(
    page,
    { title: speak(page.locale).say('back-to-app', { app }), head: <script src={page.assets.postingScript} defer /> },
    ({ say, show }) => (
      <>
        <h1>{show('back-to-app', { app: <bdi>{app}</bdi> })}</h1>
        <Form target={form}>
          <div id="by-hand" class="stack">
            <p class="lead">{say('return-to-app.lead')}</p>
            <Button kind="primary">{show('continue-to-app', { app: <bdi>{app}</bdi> })}</Button>
          </div>
        </Form>
      </>
    ),
  )
}
