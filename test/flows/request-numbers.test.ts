/** The number on an error page is how an operator finds the error in the log. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Agent, type Response } from '../support/agent.ts'
import { type Installation, startInstallation } from '../support/processes.ts'
import { browserApp, startRequest } from '../support/relying-party.ts'
import { runStatements } from '../support/servers.ts'

let latchkey: Installation
beforeAll(async () => {
  latchkey = await startInstallation({ apps: [browserApp], nodes: 1, environment: { LOG_LEVEL: 'debug' } })
})
afterAll(() => latchkey?.stop())

const table = (from: string, to: string) =>
  runStatements(latchkey.databaseUrl ?? '', [`ALTER TABLE latchkey.${from} RENAME TO ${to}`])

/** The number that the page shows, which is the one of its header. */
function numberOn({ body, headers }: Response): string {
  const number = String(headers['x-request-id'])
  expect(number).toMatch(/^[0-9a-f-]{36}$/)
  expect(body).toContain(number)
  return number
}

async function findLine(requestId: string): Promise<Record<string, unknown>> {
  const find = () =>
    latchkey
      .output()
      .split('\n')
      .filter(line => line.includes(requestId))
  await expect.poll(find).toHaveLength(1)
  return JSON.parse(find()[0] ?? '')
}

it.each([
  ['of a page of ours', 'attempts', '/sign-in/some-sign-in'],
  ['of the protocol', 'apps', '/authorize?client_id=unknown&response_type=code&scope=openid'],
])('a server error %s is in the log under the number of its page, with its cause', async (_what, name, path) => {
  await table(name, `${name}_away`)
  try {
    const page = await new Agent().get(`${latchkey.issuer}${path}`)
    expect(page.status).toBe(500)
    expect(await findLine(numberOn(page))).toMatchObject({ level: 'error', error: { message: expect.stringContaining(name) } })
  } finally {
    await table(`${name}_away`, name)
  }
})

it('what was refused is there too, where the log is to say as much', async () => {
  const missing = await new Agent().get(`${latchkey.issuer}/nowhere`)
  expect(await findLine(numberOn(missing))).toMatchObject({ level: 'debug', errorCode: 'not-found' })
  const { url } = await startRequest(latchkey.issuer, { ...browserApp, redirect_uris: ['https://evil.example/'] })
  const refused = await new Agent().get(url)
  expect(refused.status).toBe(400)
  expect(await findLine(numberOn(refused))).toMatchObject({ level: 'debug', errorCode: 'invalid_redirect_uri' })
})
