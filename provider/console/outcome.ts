import { consoleOutcomes } from '../../views/console/console-page.tsx'
import { describeOutcomes } from '../http/outcome.ts'

/** What was done on a page of a workspace, for the page after it to say. */
export const { goOn, takeOutcome } = describeOutcomes(consoleOutcomes)
