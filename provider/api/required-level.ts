import type { Context } from '../http/context.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { reaches } from '../policy/levels.ts'
import type { Standing } from '../sign-in/standing.ts'
import type { Caller } from './caller.ts'

/** Rejects with AppError `not-signed-in`, and says what is needed, where the level of a person's token is not enough any more. */
export type AssertLevel = (ctx: Context, caller: Extract<Caller, { kind: 'user' }>) => void

/**
 * A token is good for an hour, and what is required of its person may begin in it: here that holds at once, as on the pages of the
 * workspace, and not from the next refresh on. Of which model a passkey was no token says; that is asked at the refresh.
 */
export function createLevelCheck({
  clock,
  standing,
}: {
  clock: Clock
  standing: Pick<Standing, 'listRequirements'>
}): AssertLevel {
  return function assertLevel(ctx, { level, workspace }) {
    const now = clock().getTime() / 1000
    const unmet = standing
      .listRequirements(workspace === undefined ? [] : [workspace.membership])
      .find(({ level: required, from = 0 }) => from <= now && !reaches(level, required))
    if (unmet === undefined) return
    const needed = `acr_values="${unmet.level}"`
    ctx.set('WWW-Authenticate', `Bearer error="insufficient_user_authentication", ${needed}`)
    throw new AppError('not-signed-in', { detail: `This needs a token of a sign-in with ${needed}.` })
  }
}
