import { type Circumstances, recordEvent } from '../audit/record.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { FactorsRecord, UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { countTry } from '../users/factor-tries.ts'
import { codesOfASet, groupCode, newRecoveryCode, readRecoveryCode } from './codes.ts'

export const recoveryMethod = 'recovery-code'

/** How much of what a person has enrolled can be lost, and is then stood for by a code. */
export function countLosable({ passkeys, totpDevices }: Pick<FactorsRecord, 'passkeys' | 'totpDevices'>): number {
  return passkeys.length + totpDevices
}

/** Whether a person has codes that stand for something: where there is nothing to lose they are no factor, and nobody is asked for one. */
export function canRecover(factors: FactorsRecord): boolean {
  return factors.recoveryCodes > 0 && countLosable(factors) > 0
}

export type RecoveryVerdict = { kind: 'accepted' } | { kind: 'refused'; problem: ErrorCode }

export type RecoveryCodes = ReturnType<typeof createRecoveryCodes>

/**
 * The codes that stand for lost devices. Of each a keyed hash is kept: 80 random bits need no key to be safe from guessing, but with it
 * a stolen database says nothing at all of a code that was found elsewhere, not even whose it is.
 */
export function createRecoveryCodes({ cipher, clock }: { cipher: FieldCipher; clock: Clock }) {
  const hashCode = (userId: string, code: string) => cipher.blindIndex('recovery-code', `${userId}:${code}`)

  return {
    /**
     * Makes a person's codes in place of all that there were, in the caller's transaction, and answers them as they are shown: this
     * once, since nobody can read them back.
     */
    async make(
      repositories: Repositories,
      user: Pick<UserRecord, 'id'>,
      circumstances: Circumstances,
    ): Promise<readonly string[]> {
      const codes = Array.from({ length: codesOfASet }, newRecoveryCode)
      const kept = codes.map(code => ({ id: newId(), codeHash: hashCode(user.id, code) }))
      await Promise.all([
        repositories.recoveryCodes.replaceAll(user.id, kept, clock()),
        recordEvent(repositories, { action: 'recovery-codes.made', userId: user.id }, circumstances),
      ])
      return codes.map(groupCode)
    },

    /** Uses a code up, in the caller's transaction, which has to be kept where the code is refused too. */
    async verify(repositories: Repositories, userId: string, typed: string): Promise<RecoveryVerdict> {
      const refuse = (problem: ErrorCode) => ({ kind: 'refused', problem }) as const
      if (typed.trim() === '') return refuse('field-needed')
      const code = readRecoveryCode(typed)
      if (code === undefined) return refuse('recovery-code-form')
      if (!(await countTry(repositories, userId, recoveryMethod, clock))) return refuse('tries-paused')
      if (!(await repositories.recoveryCodes.use(userId, hashCode(userId, code), clock()))) return refuse('code-wrong')
      await repositories.factorFailures.reset(userId, recoveryMethod)
      return { kind: 'accepted' }
    },
  }
}
