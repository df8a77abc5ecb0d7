import type { Agent, Response } from './agent.ts'
import { type Answer, postAs } from './code-flow.ts'
import type { RunningLatchkey } from './latchkey.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:device_code'

export const tv = {
  client_id: 'tv',
  client_name: 'Living room <TV>',
  token_endpoint_auth_method: 'none',
  grant_types: [grantType, 'refresh_token'],
  redirect_uris: [],
  first_party: true,
}
export const foreignTv = { ...tv, client_id: 'foreign-tv', client_name: 'Foreign TV', first_party: false }

/** A device asks for its codes (RFC 8628 §3.1). */
export async function startDevice(latchkey: RunningLatchkey, app: typeof tv, parameters: Record<string, string> = {}) {
  const answer = await postAs(app, `${latchkey.issuer}/device_authorization`, { scope: 'openid email', ...parameters })
  if (answer.status !== 200) throw new Error(`no device code: ${answer.status}`)
  const text = (name: string) => String(answer.body[name])
  return {
    deviceCode: text('device_code'),
    userCode: text('user_code'),
    complete: text('verification_uri_complete'),
    ...answer,
  }
}

/** The device asks for its tokens (RFC 8628 §3.4). */
export function pollAsDevice(latchkey: RunningLatchkey, deviceCode: string, app: typeof tv): Promise<Answer> {
  return postAs(app, `${latchkey.issuer}/token`, { grant_type: grantType, device_code: deviceCode })
}

/** The hidden field that ties a form of the device pages to the browser. */
export function xsrfIn(page: Response): string {
  const field = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1]
  if (field === undefined) throw new Error(`the page has no form: ${page.status}`)
  return field
}

/** Types a device's code and says yes, in a browser that is signed in. Answers what is shown at the end. */
export async function approveDevice(agent: Agent, verificationUri: string, userCode: string): Promise<Response> {
  const first = await agent.get(verificationUri)
  const second = await agent.post(verificationUri, { xsrf: xsrfIn(first), user_code: userCode })
  return agent.follow(await agent.post(verificationUri, { xsrf: xsrfIn(second), user_code: userCode, confirm: 'yes' }))
}
