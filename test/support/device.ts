import type { Agent, Response } from './agent.ts'

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
