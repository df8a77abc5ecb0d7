/**
 * Passkeys on a page: for each form with `data-passkey` (`create`, `get`, or `autofill`, which is `get` with the browser's suggestions
 * in the address field besides) it shows the button, asks `data-options-url` what to ask the authenticator, unless the page was opened
 * with that in `data-options` a moment ago, and sends its answer in the field `response`. What goes wrong is told by a sentence that stands in the form already. What has `data-passkey-able` is shown, or
 * filled in with that, where the device can make one by itself. Without script, or without passkeys, the page stays as it is.
 *
 * The browser gets this function's own source text: it uses nothing from outside itself, and its functions are methods or without a
 * name, because the build wraps named ones in a call that the browser doesn't know.
 */
export function offerPasskeys(): void {
  if (typeof PublicKeyCredential !== 'function' || !navigator.credentials) return
  /** Newer than what is known of browsers here. */
  const signals: {
    signalUnknownCredential?(about: unknown): Promise<void>
    signalAllAcceptedCredentials?(about: unknown): Promise<void>
    signalCurrentUserDetails?(about: unknown): Promise<void>
  } = PublicKeyCredential
  const page = {
    busy: false,
    /** Ends what autofill waits with. */
    autofill: new AbortController(),
    timer: 0,
    failures: 0,

    toBytes(text: string): Uint8Array<ArrayBuffer> {
      return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), letter => letter.charCodeAt(0))
    },

    toText(bytes: ArrayBuffer | null): string | undefined {
      if (!bytes) return undefined
      const letters = Array.from(new Uint8Array(bytes), byte => String.fromCharCode(byte)).join('')
      return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
    },

    toDescriptors(given: PublicKeyCredentialDescriptorJSON[] = []): PublicKeyCredentialDescriptor[] {
      // Transports that a browser doesn't know are passed over by it (Web Authentication Level 3, §5.8.4).
      return given.map(({ id, transports = [] }) => ({
        type: 'public-key',
        id: page.toBytes(id),
        transports: transports as AuthenticatorTransport[],
      }))
    },

    async askForOptions<Options extends { timeout?: number }>(form: HTMLFormElement): Promise<Options> {
      const { options } = form.dataset
      const age = Date.now() - performance.timeOrigin
      // A page that is gone back to may come from a cache, with a challenge that was answered.
      const isOld = performance.getEntriesByType('navigation').some(entry => 'type' in entry && entry.type === 'back_forward')
      // Later a dialog would have too little time left: the challenge is as old as the page.
      if (options !== undefined && age < 60_000 && !isOld) {
        const brought: Options = JSON.parse(options)
        return { ...brought, timeout: (brought.timeout ?? 300_000) - age }
      }
      const fields = new URLSearchParams()
      for (const [name, value] of new FormData(form))
        if (name !== 'response' && typeof value === 'string') fields.set(name, value)
      const answer = await fetch(form.dataset['optionsUrl'] ?? '', {
        method: 'POST',
        body: fields,
        headers: { Accept: 'application/json' },
        cache: 'no-store',
        signal: AbortSignal.timeout(10_000),
      }).catch(() => undefined)
      if (!answer || answer.status >= 500) throw new DOMException('', 'NetworkError')
      if (!answer.ok) throw new DOMException('', 'DataError')
      return await answer.json()
    },

    async create(form: HTMLFormElement): Promise<Credential | null> {
      const options = await page.askForOptions<PublicKeyCredentialCreationOptionsJSON>(form)
      return await navigator.credentials.create({
        // Of the JSON's names and values only those are others that hold bytes.
        publicKey: {
          ...(options as unknown as PublicKeyCredentialCreationOptions),
          challenge: page.toBytes(options.challenge),
          user: { ...options.user, id: page.toBytes(options.user.id) },
          excludeCredentials: page.toDescriptors(options.excludeCredentials),
        },
      })
    },

    async get(form: HTMLFormElement, autofill?: AbortController): Promise<Credential | null> {
      const options = await page.askForOptions<PublicKeyCredentialRequestOptionsJSON>(form)
      if (autofill?.signal.aborted) return null
      // The challenge would be too old before the person comes back to the field.
      if (autofill) page.timer = window.setTimeout(() => void page.waitInField(), (options.timeout ?? 300_000) - 30_000)
      return await navigator.credentials.get({
        publicKey: {
          ...(options as unknown as PublicKeyCredentialRequestOptions),
          challenge: page.toBytes(options.challenge),
          allowCredentials: page.toDescriptors(options.allowCredentials),
        },
        ...(autofill && { mediation: 'conditional', signal: autofill.signal }),
      })
    },

    /** Of what PublicKeyCredential.toJSON writes, what the server looks at: some password managers' own throws. */
    send(form: HTMLFormElement, credential: Credential | null): void {
      const field = form.querySelector<HTMLInputElement>('input[name=response]')
      if (!field || !(credential instanceof PublicKeyCredential)) throw new DOMException('', 'DataError')
      const { clientDataJSON } = credential.response
      const made = credential.response as Partial<AuthenticatorAttestationResponse>
      const shown = credential.response as Partial<AuthenticatorAssertionResponse>
      field.value = JSON.stringify({
        id: credential.id,
        rawId: page.toText(credential.rawId),
        type: credential.type,
        response: {
          clientDataJSON: page.toText(clientDataJSON),
          attestationObject: page.toText(made.attestationObject ?? null),
          transports: made.getTransports?.(),
          authenticatorData: page.toText(shown.authenticatorData ?? null),
          signature: page.toText(shown.signature ?? null),
          userHandle: page.toText(shown.userHandle ?? null),
        },
      })
      // A challenge is good for one answer.
      delete form.dataset['options']
      page.busy = true
      page.rest()
      form.submit()
    },

    /** The button was pressed. */
    async press(form: HTMLFormElement): Promise<void> {
      if (page.busy) return
      page.busy = true
      page.rest()
      page.tell(form, undefined)
      form.setAttribute('aria-busy', 'true')
      const began = Date.now()
      try {
        page.send(form, await (form.dataset['passkey'] === 'create' ? page.create(form) : page.get(form)))
      } catch (error) {
        page.tell(form, page.nameProblem(error, Date.now() - began))
        form.removeAttribute('aria-busy')
        page.busy = false
        void page.waitInField()
      }
    },

    /** Offers passkeys in the address field, for as long as the page is open. */
    async waitInField(): Promise<void> {
      page.rest()
      const form = document.querySelector<HTMLFormElement>('form[data-passkey=autofill]')
      if (!form || page.busy || document.hidden || page.failures > 4) return
      const autofill = new AbortController()
      page.autofill = autofill
      try {
        if (!(await PublicKeyCredential.isConditionalMediationAvailable?.()) || autofill.signal.aborted) return
        const credential = await page.get(form, autofill)
        if (!autofill.signal.aborted) page.send(form, credential)
      } catch (error) {
        if (autofill.signal.aborted) return
        // Whoever had picked one has to know; that the server didn't answer is no news to somebody who is typing.
        const problem = page.nameProblem(error, 0)
        if (problem === 'cancelled' || problem === 'wrong-address') page.tell(form, problem)
        window.clearTimeout(page.timer)
        page.failures += 1
        page.timer = window.setTimeout(() => void page.waitInField(), 1000 * 2 ** page.failures)
      }
    },

    rest(): void {
      window.clearTimeout(page.timer)
      page.autofill.abort()
    },

    /** Browsers call a dialog that was closed and one that ran out by one name, so that nobody learns which (§14.5). */
    nameProblem(error: unknown, milliseconds: number): string {
      const name = error instanceof Error ? error.name : ''
      if (name === 'NotAllowedError') return milliseconds > 230_000 ? 'timed-out' : 'cancelled'
      if (name === 'InvalidStateError') return 'already-there'
      if (name === 'SecurityError') return 'wrong-address'
      return name === 'NetworkError' ? 'unreachable' : 'failed'
    },

    tell(form: HTMLFormElement, problem: string | undefined): void {
      for (const sentence of form.querySelectorAll<HTMLElement>('[data-passkey-problem]')) {
        sentence.hidden = sentence.dataset['passkeyProblem'] !== problem
      }
    },

    /** Shows, or fills in, what is for devices that can make a passkey by themselves. */
    async offer(): Promise<void> {
      const marked = document.querySelectorAll<HTMLElement>('[data-passkey-able]')
      const able = marked.length > 0 && (await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable?.())
      for (const element of able ? marked : []) {
        if (element instanceof HTMLInputElement) element.value = element.dataset['passkeyAble'] ?? ''
        else element.hidden = false
      }
    },

    /** Lets the authenticators know what the server knows (Web Authentication Level 3, §5.1.10); they may not listen. */
    async signal(known: { unknown?: unknown; accepted?: unknown; details?: unknown }): Promise<void> {
      await Promise.allSettled([
        known.unknown && signals.signalUnknownCredential?.(known.unknown),
        known.accepted && signals.signalAllAcceptedCredentials?.(known.accepted),
        known.details && signals.signalCurrentUserDetails?.(known.details),
      ])
    },
  }

  for (const sentence of document.querySelectorAll<HTMLElement>('[data-passkey-unavailable]')) sentence.hidden = true
  for (const button of document.querySelectorAll<HTMLElement>('[data-passkey-button]')) button.hidden = false
  for (const { dataset } of document.querySelectorAll<HTMLElement>('[data-passkey-signals]')) {
    void page.signal(JSON.parse(dataset['passkeySignals'] ?? '{}'))
  }
  document.addEventListener('submit', event => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || !form.dataset['passkey']) {
      page.rest()
      return
    }
    event.preventDefault()
    void page.press(form)
  })
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && page.autofill.signal.aborted) void page.waitInField()
  })
  window.addEventListener('pagehide', () => page.rest())
  // A page that comes back from the back-forward cache is as it was left.
  window.addEventListener('pageshow', event => {
    if (!event.persisted) return
    page.busy = false
    page.failures = 0
    for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
      form.removeAttribute('aria-busy')
      page.tell(form, undefined)
    }
    void page.waitInField()
  })
  void page.offer().catch(() => {})
  void page.waitInField()
}
