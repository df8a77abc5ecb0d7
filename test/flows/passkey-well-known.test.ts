/** What browsers and password managers find about passkeys at well-known addresses. */
import { afterEach, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'

let latchkey: RunningLatchkey | undefined
afterEach(() => latchkey?.stop())

it('where passkeys are added and managed, and nothing of related origins where there are none', async () => {
  latchkey = await startLatchkey({ apps: [] })
  const agent = new Agent()
  const endpoints = await agent.get(`${latchkey.issuer}/.well-known/passkey-endpoints`)
  expect(endpoints.headers['content-type']).toMatch(/^application\/json/)
  const page = `${latchkey.issuer}/account/ways-in`
  expect(JSON.parse(endpoints.body)).toEqual({ enroll: page, manage: page })
  expect((await agent.get(`${latchkey.issuer}/.well-known/webauthn`)).status).toBe(404)
})

it('the origins that may use them, Web Authentication Level 3 §5.11', async () => {
  latchkey = await startLatchkey({ apps: [], environment: { PASSKEY_RELATED_ORIGINS: 'https://id.example.org' } })
  const related = await new Agent().get(`${latchkey.issuer}/.well-known/webauthn`)
  expect(related.headers['content-type']).toMatch(/^application\/json/)
  expect(JSON.parse(related.body)).toEqual({ origins: ['https://id.example.org'] })
})
