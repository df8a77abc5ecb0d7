import { accountOutcomes } from '../../views/account/account-page.tsx'
import { describeOutcomes } from '../http/outcome.ts'

/** What was done on a page of the account, for the page after it to say. */
export const { goOn, takeOutcome } = describeOutcomes(accountOutcomes)
