import type { Agent, Response } from './agent.ts'
import { xsrfIn } from './device.ts'
import type { RunningLatchkey } from './latchkey.ts'

/** Presses a button of the page that asks whether to sign out, with the fields that it has. */
export async function answerSignOut(
  latchkey: RunningLatchkey,
  agent: Agent,
  page: Response,
  decision: 'yes' | 'no',
): Promise<Response> {
  if (!page.body.includes('Sign out?')) throw new Error(`nobody is asked about signing out: ${page.status}`)
  const hint = /name="id_token_hint" value="([^"]+)"/.exec(page.body)?.[1]
  return agent.post(`${latchkey.issuer}/logout/confirm`, {
    xsrf: xsrfIn(page),
    ...(hint === undefined ? {} : { id_token_hint: hint }),
    ...(decision === 'yes' ? { logout: 'yes' } : {}),
  })
}
