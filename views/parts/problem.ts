import type { ErrorCode } from '../../provider/kernel/errors.ts'
import type { Speaker } from '../messages.ts'

/** What went wrong with a step and what to do next, in the words that an error page would have. */
export function describeProblem({ say }: Pick<Speaker, 'say'>, code: ErrorCode): string {
  return `${say(`error.${code}.happened`)} ${say(`error.${code}.next`)}`
}
