import type { FormTarget } from '../../views/page-context.ts'
import type { StepUrls } from './method.ts'

/** The page of a sign-in, whatever it is at. Its other addresses lie below it. */
export const homeOf = (uid: string) => `/sign-in/${uid}`

/** Where the codes are shown that were made in a sign-in. */
export const codesOf = (uid: string) => `${homeOf(uid)}/recovery-codes`

/** Goes on without what will be required soon. */
export const laterOf = (uid: string): FormTarget => ({ action: `${homeOf(uid)}/continue`, fields: { later: '1' } })

export const stepUrlsOf = (uid: string): StepUrls => ({
  page: homeOf(uid),
  state: `${homeOf(uid)}/state`,
  verify: `${homeOf(uid)}/verify`,
  again: `${homeOf(uid)}/again`,
  change: `${homeOf(uid)}/change`,
  options: `${homeOf(uid)}/options`,
})
