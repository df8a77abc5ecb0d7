import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createMemoryStore } from '../../adapters/memory/store.ts'
import type { OwnedPasskey } from '../../provider/passkeys/authentication.ts'
import { createPasskeyCeremonies, type PasskeyCeremonies } from '../../provider/passkeys/ceremonies.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import { buildAssets } from '../../views/assets.ts'
import { renderDocument } from '../../views/document.tsx'
import type { PageContext } from '../../views/page-context.ts'
import { Field } from '../../views/parts/field.tsx'
import { Button, Form } from '../../views/parts/form.tsx'
import { PasskeyForm, PasskeyScript, PasskeySignal, type PasskeySignals } from '../../views/parts/passkey-form.tsx'
import { makePageContext, pagePolicy } from '../look/serve-states.ts'
import { ada } from './passkey-stage.ts'

/** A site with nothing but passkeys: the script and the form before the ceremonies, without the sign-in around them. */
export interface PasskeySite {
  origin: string
  kept: OwnedPasskey[]
  signals: PasskeySignals | undefined
  /** What it answers when it is asked for options, instead of options. */
  trouble: number | undefined
  /** How often it was asked for options to sign in with. */
  asked: number
  close(): Promise<void>
}

export async function openPasskeySite(): Promise<PasskeySite> {
  const assets = buildAssets()
  const store = createMemoryStore(systemClock)
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>(resolve => server.listen(0, 'localhost', resolve))
  const address = server.address()
  const origin = `http://localhost:${address !== null && typeof address === 'object' ? address.port : ''}`
  const passkeys: PasskeyCeremonies = createPasskeyCeremonies({
    store,
    clock: systemClock,
    issuer: origin,
    rpId: 'localhost',
    relatedOrigins: [],
    installationName: 'Meadow',
  })
  const page: PageContext = {
    locale: 'en',
    issuerHost: new URL(origin).host,
    installationName: 'Meadow',
    assets: { ...makePageContext('en').assets, stylesheet: '/style', passkeyScript: '/script' },
    languages: [],
  }
  const site: PasskeySite = {
    origin,
    kept: [],
    signals: undefined,
    trouble: undefined,
    asked: 0,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await store.close()
    },
  }
  return site

  function askAuthenticator(ceremony: string) {
    return passkeys.beginAuthentication({ ceremony, userVerification: 'required' })
  }

  function renderPage(kind: 'get' | 'autofill', options?: unknown): string {
    return renderDocument(page, { title: 'Passkeys', head: <PasskeyScript page={page} /> }, () => (
      <>
        <h1>Passkeys</h1>
        <Form target={{ action: '/address' }}>
          <Field name="address" label="E-mail address" input={{ type: 'email', autocomplete: 'email webauthn' }} />
          <Button kind="primary">Send me a link</Button>
        </Form>
        <PasskeyForm
          page={page}
          kind={kind}
          form={{ action: '/get', fields: { attempt: 'a1' } }}
          optionsUrl="/get/options"
          options={options}
          label="Sign in with a passkey"
          button="secondary"
          needed
        />
        <PasskeyForm
          page={page}
          kind="create"
          form={{ action: '/create', fields: { attempt: 'a1' } }}
          optionsUrl="/create/options"
          label="Add a passkey"
          button="primary"
        />
        {site.signals && <PasskeySignal signals={site.signals} />}
      </>
    ))
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const form = new URLSearchParams(Buffer.concat(chunks).toString())
    const ceremony = form.get('attempt') ?? 'none'
    const send = (type: string, body: string, status = 200) =>
      response.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': pagePolicy }).end(body)
    const say = (text: string) => send('text/html', `<!doctype html><title>Answer</title><p>${text}</p>`)
    switch (request.url) {
      case '/':
        return void send('text/html; charset=utf-8', renderPage('get'))
      case '/autofill':
        return void send('text/html; charset=utf-8', renderPage('autofill'))
      case '/with-options':
        return void send('text/html; charset=utf-8', renderPage('autofill', await askAuthenticator('a1')))
      case '/script':
        return void send('text/javascript', assets.passkeyScript.body)
      case '/style':
        return void send('text/css', assets.stylesheet.body)
      case '/get/options':
      case '/create/options': {
        const toGet = request.url === '/get/options'
        if (toGet) site.asked += 1
        if (site.trouble !== undefined) return void send('application/json', '{}', site.trouble)
        const options = toGet
          ? await askAuthenticator(ceremony)
          : await passkeys.beginRegistration({ ceremony, user: ada, existing: site.kept })
        return void send('application/json', JSON.stringify(options))
      }
      case '/create': {
        const verdict = await passkeys.finishRegistration({ ceremony, response: form.get('response') })
        if (verdict.kind === 'refused') return void say(verdict.reason)
        const owner = { id: 'passkey', userId: 'ada', handle: ada.handle, name: 'Passkey', lastUsedAt: undefined }
        site.kept.push({ ...verdict.passkey, ...owner })
        return void say('registered')
      }
      case '/get': {
        const find = async (id: Buffer) => site.kept.find(passkey => passkey.credentialId.equals(id))
        const verdict = await passkeys.finishAuthentication({ ceremony, response: form.get('response'), find })
        return void say(
          verdict.kind === 'refused' ? verdict.reason : `proved, ${verdict.userVerified ? 'verified' : 'not verified'}`,
        )
      }
      default:
        return void say('elsewhere')
    }
  }
}
