import type { Circumstances } from '../audit/record.ts'
import type { Clock } from '../kernel/clock.ts'
import { secondsAfter } from '../kernel/clock.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { FactorsRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { AccessPassRecord } from '../ports/workspace-records.ts'
import { groupCode, newRecoveryCode, readRecoveryCode } from '../recovery-codes/codes.ts'
import { countLosable } from '../recovery-codes/recovery-codes.ts'
import { countTry } from '../users/factor-tries.ts'

export const accessPassMethod = 'access-pass'

/**
 * Whether an admin's reset is what stands between a mailbox and this account: until something is enrolled again. It goes on doing so when
 * the pass was used, or its time is over, or else whoever reads the mailbox would only have to wait.
 */
export function needsAccessPass(factors: FactorsRecord): boolean {
  return factors.accessPass && countLosable(factors) === 0
}

export function isAccessPassOver({ usedAt, expiresAt }: Pick<AccessPassRecord, 'usedAt' | 'expiresAt'>, moment: Date): boolean {
  return usedAt !== undefined || expiresAt <= moment
}

export interface AccessPassOptions {
  cipher: FieldCipher
  clock: Clock
  lifetimeSeconds: number
}

export interface AccessPass {
  /** As it is shown, this once: nobody can read it back. */
  pass: string
  expiresAt: Date
}

export type AccessPassVerdict = { kind: 'accepted'; workspaceId: string } | { kind: 'refused'; problem: ErrorCode }

export type AccessPasses = ReturnType<typeof createAccessPasses>

/**
 * Passes that stand for the factors that an admin has reset. Written as recovery codes are, 80 random bits, and kept as a keyed hash; good
 * once, for a short time, for one member of one workspace.
 */
export function createAccessPasses({ cipher, clock, lifetimeSeconds }: AccessPassOptions) {
  const hashPass = (userId: string, pass: string) => cipher.blindIndex('access-pass', `${userId}:${pass}`)

  return {
    /** Makes one in place of the one before, in the caller's transaction. */
    async make(
      { accessPasses }: Pick<Repositories, 'accessPasses'>,
      { workspaceId, userId }: Pick<AccessPassRecord, 'workspaceId' | 'userId'>,
      circumstances: Pick<Circumstances, 'clock'>,
    ): Promise<AccessPass> {
      const pass = newRecoveryCode()
      const createdAt = circumstances.clock()
      const expiresAt = secondsAfter(createdAt, lifetimeSeconds)
      await accessPasses.replace({ workspaceId, userId, passHash: hashPass(userId, pass), createdAt, expiresAt })
      return { pass: groupCode(pass), expiresAt }
    },

    /** Uses a pass up, in the caller's transaction, which has to be kept where it is refused too. */
    async verify(repositories: Repositories, userId: string, typed: string): Promise<AccessPassVerdict> {
      const refuse = (problem: ErrorCode) => ({ kind: 'refused', problem }) as const
      if (typed.trim() === '') return refuse('field-needed')
      const pass = readRecoveryCode(typed)
      if (pass === undefined) return refuse('access-pass-form')
      const kept = await repositories.accessPasses.find(userId)
      if (kept === undefined || isAccessPassOver(kept, clock())) return refuse('access-pass-over')
      if (!(await countTry(repositories, userId, accessPassMethod, clock))) return refuse('tries-paused')
      if (!(await repositories.accessPasses.use(userId, hashPass(userId, pass), clock()))) return refuse('code-wrong')
      await repositories.factorFailures.reset(userId, accessPassMethod)
      return { kind: 'accepted', workspaceId: kept.workspaceId }
    },
  }
}
