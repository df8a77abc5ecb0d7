import { expect, it } from 'vitest'
import { describeEvents } from '../../provider/console/audit-entries.ts'

const surroundings = {
  slug: 'meadow',
  members: new Map(),
  registry: { find: async () => undefined } as unknown as Parameters<typeof describeEvents>[1]['registry'], // of an app there is nothing to ask
}

it('of a change, the log shows only what changed', async () => {
  const state = (from: string) => ({
    salt: '',
    value: JSON.stringify({ required_level: 'any-second-factor', required_from: from }),
  })
  const event = {
    id: '0195f2f4-6c1c-7b6e-9c53-7f0f9f1e2d3c',
    action: 'workspace.changed',
    occurredAt: new Date('2026-03-05T14:05:00Z'),
    actor: 'system:command-line',
    target: undefined,
    disclosure: { kind: 'open', disclosures: { before: state('2026-03-19'), after: state('2026-04-01') } },
  } as unknown as Parameters<typeof describeEvents>[0][number] // what it is sealed with is not looked at
  const [entry] = await describeEvents([event], surroundings)
  expect(entry?.changes).toEqual([{ field: 'required_from', before: '2026-03-19', after: '2026-04-01' }])
})
