/// <reference lib="dom" />
/** What a person does with passkeys at the sample product, with chromium's virtual authenticator. */
import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import { askForMail, claim, expectHeading, expectSignedIn, openProduct, signOut } from './person.ts'
import type { Stage } from './stage.ts'

export type PasskeyPerson = Awaited<ReturnType<typeof meetPasskeyPerson>>

/** Somebody at a device with a fingerprint reader, say, that nobody touches until `touch`. */
export async function meetPasskeyPerson(stage: Stage, browser: BrowserContext, page: Page) {
  const devices = await browser.newCDPSession(page)
  await devices.send('WebAuthn.enable')
  const plugIn = async () => {
    const added = await devices.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: false,
      },
    })
    return added.authenticatorId
  }
  let authenticatorId = await plugIn()
  const requests = `${stage.issuer}/authorize?*`

  const person = {
    devices,
    touch: (enabled = true) => devices.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled }),
    recognise: (isUserVerified: boolean) => devices.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    usePasskey: () => page.getByRole('button', { name: 'Use a passkey' }),

    /** Another device in place of the one that is lost. */
    async loseDevice(): Promise<void> {
      await devices.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })
      authenticatorId = await plugIn()
    },

    /** The product asks for a passkey, as a product would that needs one. */
    requirePasskey: () => page.route(requests, route => route.continue({ url: `${route.request().url()}&acr_values=phr` })),

    async openSignIn(): Promise<void> {
      await openProduct(stage, page)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await expectHeading(page, 'Sign in to Fieldnotes')
    },

    /** Types the mail's code; what comes next is another page of the sign-in. */
    async proveAddress(address: string): Promise<void> {
      await askForMail(stage, page, address)
      await page.getByLabel('Or type the code').fill((await stage.nextMail(address)).code)
      await page.getByRole('button', { name: 'Sign in' }).click()
    },

    async createPasskey(): Promise<string[]> {
      await person.touch()
      await page.getByRole('button', { name: 'Create a passkey' }).click()
      await expectHeading(page, 'Keep your recovery codes')
      await person.touch(false)
      const codes = await page.locator('.recovery-codes code').allTextContents()
      await page.getByRole('button', { name: 'I have kept them' }).click()
      return codes
    },

    /** The first sign-in, which asks for a passkey; then signed out again. */
    async signUp(address: string): Promise<string[]> {
      await person.requirePasskey()
      await person.proveAddress(address)
      await expectHeading(page, 'One more step to set up')
      await page.getByRole('link', { name: 'Set up a passkey' }).click()
      await expectHeading(page, 'Set up a passkey')
      const codes = await person.createPasskey()
      await expectSignedIn(stage, page, address)
      expect(await claim(page, 'acr')).toBe('phr')
      await signOut(stage, page)
      await page.unroute(requests)
      return codes
    },
  }
  return person
}
