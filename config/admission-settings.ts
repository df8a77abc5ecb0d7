import { z } from 'zod'
import { optionalSetting, setting } from './setting.ts'
import { day } from './values.ts'

/** Who gets an account, where they work, and what they need to get in. */
export const admissionSettings = {
  signUp: setting('SIGN_UP', z.enum(['allowed', 'closed']), 'allowed', {
    documentation:
      '`allowed`: whoever proves an e-mail address gets an account. `closed`: only those who have one sign in, and those whom a workspace has invited.',
    expected: 'allowed or closed',
  }),
  newUserWorkspace: setting('NEW_USER_WORKSPACE', z.enum(['personal', 'invited', 'founded']), 'personal', {
    documentation:
      'Where a new user works: in a workspace of their own (`personal`), in none until somebody invites them (`invited`), or in none until they are invited or found one themselves (`founded`).',
    expected: 'personal, invited or founded',
  }),
  requiredLevel: setting('REQUIRED_LEVEL', z.enum(['none', 'any-second-factor', 'phishing-resistant']), 'none', {
    documentation:
      'What everybody needs beside the first step: nothing more (`none`), `any-second-factor`, or a passkey (`phishing-resistant`).',
    expected: 'none, any-second-factor or phishing-resistant',
  }),
  requiredFrom: optionalSetting('REQUIRED_FROM', day, {
    documentation: 'The day from which `REQUIRED_LEVEL` holds, in UTC. Until then people are asked to get ready, and let in.',
    expected: 'a day such as 2030-01-31',
  }),
}
