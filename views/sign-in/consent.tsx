import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Button, Form } from '../parts/form.tsx'
import { MaskedAddress } from '../parts/masked-address.tsx'
import { Scopes } from '../parts/scopes.tsx'
import { appName, tidyName } from '../text.ts'

export interface ConsentProps {
  /** Takes the field `decision`, `allow` or `refuse`. */
  form: FormTarget
  /** Host of the app's site, as its redirect address has it. */
  site: string
  /** Scopes that are asked for. Those that aren't of OpenID Connect are shown by name. */
  scopes: string[]
  /** Who is signed in; shown masked. */
  address?: string
  /** The app's own pages, as it registered them. */
  links?: { privacy?: string; terms?: string }
}

/** Asks whether a third-party app may see what it asks for. */
export function renderConsent(page: PageContext, props: ConsentProps): string {
  const app = appName(page)
  const { privacy, terms } = props.links ?? {}
  const speaker = speak(page.locale)
  const { say, show } = speaker
  return renderDocument(page, { title: say('consent.heading', { app }) }, () => (
    <>
      <h1>{show('consent.heading', { app: <bdi>{app}</bdi> })}</h1>
      <p class="lead">
        {show('consent.lead', {
          site: (
            <strong>
              <bdi>{props.site}</bdi>
            </strong>
          ),
        })}
      </p>
      <Scopes scopes={props.scopes} speaker={speaker} />
      <p class="hint">
        {props.address && <>{show('consent.signed-in-as', { address: <MaskedAddress address={props.address} /> })} </>}
        {show('consent.not-ours', { app: <bdi>{app}</bdi>, installation: <bdi>{tidyName(page.installationName)}</bdi> })}
      </p>
      {(privacy || terms) && (
        <ul class="app-links">
          {privacy && (
            <li>
              <a href={privacy} rel="noopener noreferrer">
                {say('consent.privacy')}
              </a>
            </li>
          )}
          {terms && (
            <li>
              <a href={terms} rel="noopener noreferrer">
                {say('consent.terms')}
              </a>
            </li>
          )}
        </ul>
      )}
      <Form target={props.form} class="choices">
        <Button kind="primary" name="decision" value="allow">
          {say('consent.allow')}
        </Button>
        <Button kind="secondary" name="decision" value="refuse">
          {say('consent.refuse')}
        </Button>
      </Form>
    </>
  ))
}
