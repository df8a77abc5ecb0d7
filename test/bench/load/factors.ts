import { generateSync } from 'otplib'
import { createSoftwareAuthenticator, type SoftwareAuthenticator } from '../../support/software-authenticator.ts'
import { redirectOf, UnexpectedAnswer } from './browser.ts'
import type { Person } from './person.ts'
import { arrive, type Arrived, begin, type Begun, confirmFirstStep, openLink, openPage } from './sign-in.ts'
import type { Target } from './target.ts'

/** Somebody whose browser has an authenticator at hand. */
export interface PasskeyHolder {
  person: Person
  authenticator: SoftwareAuthenticator
}

/** Somebody with an authenticator app. */
export interface TotpHolder {
  person: Person
  secret: string
  /** The time step whose code was shown last: each is good once. */
  lastStep: number
}

const stepSeconds = 30

/** Signs somebody new in who is asked to enrol, and stops before what they enrol. */
async function beginEnrolment(target: Target, person: Person, level: string): Promise<Begun> {
  if (target.inbox === undefined) throw new Error('nobody enrols without mail')
  const opened = await openLink(target, await begin(target, person, { acr_values: level }), target.inbox)
  await confirmFirstStep(target, opened)
  return opened
}

export async function signUpWithPasskey(target: Target, person: Person): Promise<PasskeyHolder> {
  const begun = await beginEnrolment(target, person, 'phr')
  const authenticator = createSoftwareAuthenticator({ origin: target.issuer })
  const url = `${begun.home}/enrol/passkey`
  const options = await ask<Parameters<SoftwareAuthenticator['create']>[0]>(person, `${url}/options`, {})
  const response = JSON.stringify(authenticator.create(options))
  redirectOf(await person.browser.post(url, { response }), target.issuer, 'new passkey')
  await keepCodes(target, begun)
  return { person, authenticator }
}

export async function signUpWithTotp(target: Target, person: Person): Promise<TotpHolder> {
  const begun = await beginEnrolment(target, person, 'multi-factor')
  const url = `${begun.home}/enrol/totp`
  const page = await openPage(person.browser, url, 'page of the authenticator app')
  const [, shown = ''] = /<code class="typed-key">(.*?)<\/code>/s.exec(page.body) ?? []
  const secret = shown.replaceAll(/<[^>]*>/g, '')
  if (secret === '') throw new UnexpectedAnswer('page of the authenticator app', page)
  const holder = { person, secret, lastStep: 0 }
  redirectOf(await person.browser.post(url, { code: nextCode(holder) }), target.issuer, 'new authenticator app')
  await keepCodes(target, begun)
  return holder
}

/** Who enrols a factor for the first time is shown recovery codes. */
async function keepCodes(target: Target, begun: Begun): Promise<void> {
  await openPage(begun.person.browser, `${begun.home}/recovery-codes`, 'page of recovery codes')
  redirectOf(await begun.person.browser.post(`${begun.home}/recovery-codes/kept`, {}), target.issuer, 'kept codes')
  await arrive(target, begun)
}

type Asked = Parameters<SoftwareAuthenticator['get']>[0]

/** A sign-in whose first page is there, with what it has the browser ask the authenticator. */
export interface AskedPasskey extends Begun {
  authenticator: SoftwareAuthenticator
  options: Asked
}

export async function openPasskeyPage(target: Target, { person, authenticator }: PasskeyHolder): Promise<AskedPasskey> {
  const begun = await begin(target, person)
  const page = await openPage(person.browser, begun.home, 'sign-in page')
  const [, written] = /data-options="([^"]*)"/.exec(page.body) ?? []
  if (written === undefined) throw new UnexpectedAnswer('sign-in page', page)
  return { ...begun, authenticator, options: JSON.parse(written.replaceAll('&quot;', '"')) as Asked }
}

/** From the first page to a code at the app, as the page's script does it. */
export async function answerPasskey(target: Target, { authenticator, options, ...begun }: AskedPasskey): Promise<Arrived> {
  const { person, home } = begun
  const response = JSON.stringify(authenticator.get(options))
  const answered = await person.browser.post(`${home}/verify`, { method: 'passkey', response })
  return arrive(target, { ...begun, home: redirectOf(answered, target.issuer, 'passkey') })
}

/** The sign-in of somebody with an authenticator app, up to the page that asks for its code. */
export async function reachTotp(target: Target, holder: TotpHolder): Promise<Begun> {
  if (target.inbox === undefined) throw new Error('nobody gets so far without mail')
  const opened = await openLink(target, await begin(target, holder.person), target.inbox)
  const page = await confirmFirstStep(target, opened)
  if (!page.body.includes('value="totp"')) throw new UnexpectedAnswer('page of the code', page)
  return opened
}

/** Sends the form with the code; answers where the sign-in goes on. */
export async function typeTotp(target: Target, holder: TotpHolder, { person, home }: Begun): Promise<string> {
  const answer = await person.browser.post(`${home}/verify`, { method: 'totp', code: nextCode(holder) })
  return redirectOf(answer, target.issuer, 'code of the authenticator app')
}

const currentStep = () => Math.floor(Date.now() / 1000 / stepSeconds)

/** The code of the next step that is good and was not used. */
function nextCode(holder: Pick<TotpHolder, 'secret' | 'lastStep'>): string {
  // Never one of before: on its way its time may run out. The next one is good already.
  const step = Math.max(holder.lastStep + 1, currentStep())
  if (step > currentStep() + 1) throw new Error('the next code of this person is good later only')
  holder.lastStep = step
  return generateSync({ secret: holder.secret, epoch: step * stepSeconds })
}

async function ask<Options>(person: Person, url: string, form: Record<string, string>): Promise<Options> {
  const answer = await person.browser.post(url, form)
  if (answer.status !== 200) throw new UnexpectedAnswer('options', answer)
  return JSON.parse(answer.body) as Options
}
