import { generateSync } from 'otplib'
import { stepSeconds } from '../../provider/totp/codes.ts'
import { Agent, type Response } from './agent.ts'
import type { RunningLatchkey } from './latchkey.ts'
import type { TestApp } from './code-flow.ts'
import { linkIn } from './relying-party.ts'
import { type BegunSignIn, beginSignIn, newAddress, newAgentBehindProxy } from './sign-in.ts'

/** What an authenticator app shows of a key, so many seconds from now, by the installation's clock. */
export function codeOf(latchkey: Pick<RunningLatchkey, 'clock'>, key: string, secondsFromNow = 0): string {
  const epoch = Math.floor(latchkey.clock.now().getTime() / 1000) + secondsFromNow
  return generateSync({ secret: key, epoch })
}

/** Six digits that are the code of no time step nearby. */
export function wrongCodeOf(latchkey: Pick<RunningLatchkey, 'clock'>, key: string): string {
  const near = new Set(Array.from({ length: 41 }, (_, index) => codeOf(latchkey, key, (index - 20) * stepSeconds)))
  for (let number = 0; ; number += 1) {
    const code = String(number).padStart(6, '0')
    if (!near.has(code)) return code
  }
}

/** The key of a page on which an authenticator app is set up. */
export function keyIn({ body }: Response): string {
  const shown = /<code class="typed-key">(.*?)<\/code>/s.exec(body)?.[1]
  if (shown === undefined) throw new Error('the page shows no key')
  return shown.replaceAll(/<[^>]*>/g, '')
}

/** The recovery codes of the page that shows them. */
export function recoveryCodesIn({ body }: Response): string[] {
  return [...body.matchAll(/<code>([^<]+)<\/code>/g)].map(match => match[1] ?? '')
}

/** From the first page through the mail, up to the page that comes after it. */
export async function signInByMail(
  latchkey: RunningLatchkey,
  options: { agent?: Agent; address: string; app?: TestApp; parameters?: Record<string, string> },
): Promise<BegunSignIn & { next: Response }> {
  const begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy(), ...options })
  // Mails that tell what happened to the account may come between.
  let { text } = await begun.nextMail()
  while (!text.includes('/link/')) ({ text } = await begun.nextMail())
  await begun.agent.post(linkIn(text))
  return { ...begun, next: await begun.agent.follow(await begun.agent.get(begun.home)) }
}

/** Sets up an authenticator app where a sign-in asks for one; answers its key and the page that comes next. */
export async function enrolTotp(
  latchkey: RunningLatchkey,
  { agent, home }: Pick<BegunSignIn, 'agent' | 'home'>,
): Promise<{ key: string; next: Response }> {
  const key = keyIn(await agent.get(`${home}/enrol/totp`))
  const next = await agent.follow(await agent.post(`${home}/enrol/totp`, { code: codeOf(latchkey, key) }))
  return { key, next }
}

/** Somebody with an authenticator app and recovery codes; the next code of the app is good. */
export interface SecondFactorHolder {
  address: string
  key: string
  codes: string[]
}

export async function signUpWithTotp(latchkey: RunningLatchkey, address = newAddress()): Promise<SecondFactorHolder> {
  const signIn = await signInByMail(latchkey, { address, parameters: { acr_values: 'multi-factor' } })
  const { key, next } = await enrolTotp(latchkey, signIn)
  const codes = recoveryCodesIn(next)
  const left = await signIn.agent.post(`${signIn.home}/recovery-codes/kept`)
  const arrived = await signIn.agent.follow(left)
  if (arrived.location === undefined) throw new Error('the person did not arrive')
  // The code that confirmed is used up.
  latchkey.clock.advance(stepSeconds)
  return { address, key, codes }
}

export async function typeTotp({ agent, home }: Pick<BegunSignIn, 'agent' | 'home'>, code: string): Promise<Response> {
  return agent.follow(await agent.post(`${home}/verify`, { method: 'totp', code }))
}

export async function typeRecoveryCode({ agent, home }: Pick<BegunSignIn, 'agent' | 'home'>, code: string): Promise<Response> {
  return agent.follow(await agent.post(`${home}/verify`, { method: 'recovery-code', code }))
}
