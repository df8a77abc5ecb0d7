/** What the config file says of the audit log: by class, for how many days it can be read; a wrong word stops the start and is named. */
import { expect, test } from 'vitest'
import { loadSettings } from '../../config/load.ts'
import { refusalOf } from '../support/refused-settings.ts'

const configured = { LATCHKEY_CONFIG: 'latchkey.yaml' }

test('each class has its days, and those that are not named have none', () => {
  const content = 'audit: { retention_days: { sign-ins: 400, tokens: 90 } }'
  expect(loadSettings(configured, () => content).auditRetentionDays).toEqual({ 'sign-ins': 400, tokens: 90 })
  expect(loadSettings({}).auditRetentionDays).toEqual({})
})

test.each([
  [
    'retention_days: { logins: 90 }',
    /audit, retention_days: "?logins"?: there is no such key\. The keys are: accounts, installation, sign-ins, tokens, workspaces\.$/,
  ],
  ['retention_days: { tokens: 0 }', /tokens.*at least 1 day/],
  ['retention_days: { tokens: 36501 }', /tokens.*at most 36500 days/],
  ['retention_days: { tokens: ninety }', /tokens.*whole number of days/],
  ['retention_days: { tokens: 1.5 }', /tokens.*whole number of days/],
  [
    'retention: { tokens: 90 }',
    /audit: "?retention"?: there is no such key\. The keys are: retention_days, days_after_deletion\.$/,
  ],
])('audit: { %s } stops the start with a line that names it', (content, line) => {
  const refusal = refusalOf(configured, () => `audit: { ${content} }`)
  expect(refusal).toMatch(line)
  expect(refusal).toMatch(/^[^\n]*audit[^\n]*$/)
})
