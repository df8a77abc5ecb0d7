import { expect, it, onTestFinished } from 'vitest'
import { createTelemetry } from '../../adapters/telemetry/telemetry.ts'
import { parseApp } from '../../provider/apps/registration.ts'
import { createAppRegistry } from '../../provider/apps/registry.ts'
import { openDurableState } from '../support/durable-state.ts'
import { asSystem, noon } from '../support/records.ts'
import { browserApp } from '../support/relying-party.ts'

it('one app that this version would not register is reported once, and keeps no other from being used', async () => {
  const state = await openDurableState('embedded')
  onTestFinished(() => state.close())
  const app = parseApp(browserApp, { issuer: 'http://localhost:3000', source: 'config', now: noon })
  // As an older version may have left it: with a member that there is no more, and one that means something else now.
  const metadata = { ...app.metadata, client_id: 'old', origins: ['https://old.example'], scope: 7, 'no such member': 'x' }
  await state.data.scoped(asSystem, async ({ apps }) => {
    await apps.insert(app)
    await apps.insert({ ...app, clientId: 'old', metadata })
  })

  const lines: string[] = []
  const { log } = createTelemetry({ level: 'info', destination: { write: line => void lines.push(line) } })
  const registry = createAppRegistry(state.data, log)
  expect(await registry.isKnownOrigin('http://localhost:4000')).toBe(true)
  expect(await registry.isKnownOrigin('https://old.example')).toBe(false)
  expect(await registry.find('old')).toBeUndefined()
  expect((await registry.find('fieldnotes'))?.metadata.client_name).toBe('Fieldnotes')
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'error', clientId: 'old', members: 'scope, no such member' })
})

it('what cannot be a client id is not looked for', async () => {
  const state = await openDurableState('embedded')
  onTestFinished(() => state.close())
  let questions = 0
  const data: typeof state.data = {
    ...state.data,
    read: (...question) => {
      questions += 1
      return state.data.read(...question)
    },
  }
  const registry = createAppRegistry(data, createTelemetry({ level: 'info', destination: { write: () => {} } }).log)
  for (const clientId of ['', 'a b', 'ä', 'a\n', '\u0000', '../a', 'x'.repeat(65), 'x'.repeat(5000)])
    expect(await registry.find(clientId)).toBeUndefined()
  expect(questions).toBe(0)
  expect(await registry.find('x'.repeat(64))).toBeUndefined()
  expect(questions).toBe(1)
})
