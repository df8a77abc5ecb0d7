import { type InferResult, sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { EmailChallengeRecord } from '../../../provider/ports/records.ts'
import type { ChallengedAttempt, EmailChallengeRepository } from '../../../provider/ports/repositories.ts'
import type { SqlScope } from '../database.ts'
import type { Schema } from '../schema.ts'
import { prepare, queries } from '../statement.ts'
import { fromNullable } from '../values.ts'
import type { Vault } from '../vault.ts'
import { openAttempt } from './attempts.ts'

type ChallengeRow = Schema['email_challenges']

const lockAttempt = prepare<{ attemptId: string }>()(parameter =>
  queries.selectFrom('attempts').select('id').where('id', '=', parameter.attemptId).forUpdate(),
)

const voidOpen = prepare<{ attemptId: string; moment: Date }>()(parameter =>
  queries
    .updateTable('email_challenges')
    .set({ voided_at: parameter.moment })
    .where('attempt_id', '=', parameter.attemptId)
    .where('consumed_at', 'is', null)
    .where('voided_at', 'is', null),
)

const insert = prepare<ChallengeRow>()(parameter =>
  queries.insertInto('email_challenges').values({
    id: parameter.id,
    attempt_id: parameter.attempt_id,
    token_hash: parameter.token_hash,
    code_hash: parameter.code_hash,
    tries: parameter.tries,
    created_at: parameter.created_at,
    expires_at: parameter.expires_at,
    consumed_at: parameter.consumed_at,
    voided_at: parameter.voided_at,
  }),
)

const withAttempt = () =>
  queries
    .selectFrom('email_challenges as c')
    .innerJoin('attempts as a', 'a.id', 'c.attempt_id')
    .selectAll('a')
    .select([
      'c.id as challenge_id',
      'c.token_hash',
      'c.code_hash',
      'c.tries',
      'c.created_at as challenge_created_at',
      'c.expires_at as challenge_expires_at',
      'c.consumed_at',
      'c.voided_at',
    ])

type ChallengedAttemptRow = InferResult<ReturnType<typeof withAttempt>>[number]

const findByTokenHash = prepare<{ tokenHash: Buffer }>()(parameter =>
  withAttempt().where('c.token_hash', '=', parameter.tokenHash),
)

const lockByTokenHash = prepare<{ tokenHash: Buffer }>()(parameter =>
  withAttempt().where('c.token_hash', '=', parameter.tokenHash).forUpdate('a'),
)

const findOpen = prepare<{ attemptId: string }>()(parameter =>
  queries
    .selectFrom('email_challenges')
    .selectAll()
    .where('attempt_id', '=', parameter.attemptId)
    .where('consumed_at', 'is', null)
    .where('voided_at', 'is', null),
)

const countTry = prepare<{ id: string }>()(parameter =>
  queries.updateTable('email_challenges').set({ tries: sql`tries + 1` }).where('id', '=', parameter.id).returning('tries'),
)

const consume = prepare<{ id: string; moment: Date }>()(parameter =>
  queries
    .updateTable('email_challenges')
    .set({ consumed_at: parameter.moment })
    .where('id', '=', parameter.id)
    .where('consumed_at', 'is', null)
    .where('voided_at', 'is', null),
)

export function createEmailChallengeRepository(scope: SqlScope, vault: Vault): EmailChallengeRepository {
  const createFirst = (challenge: EmailChallengeRecord) =>
    scope.post(insert, {
      id: challenge.id,
      attempt_id: challenge.attemptId,
      token_hash: challenge.tokenHash,
      code_hash: challenge.codeHash,
      tries: challenge.tries,
      created_at: challenge.createdAt,
      expires_at: challenge.expiresAt,
      consumed_at: challenge.consumedAt ?? null,
      voided_at: challenge.voidedAt ?? null,
    })
  return {
    createFirst,

    async create(challenge) {
      const { attemptId } = challenge
      // Of two mails asked for at once the later one counts, as of two after one another.
      await scope.post(lockAttempt, { attemptId })
      await scope.post(voidOpen, { attemptId, moment: challenge.createdAt })
      await createFirst(challenge)
    },

    async findByTokenHash(tokenHash) {
      const [row] = await scope.run(findByTokenHash, { tokenHash })
      return row && describeWithAttempt(row, vault)
    },

    async lockByTokenHash(tokenHash) {
      const [row] = await scope.run(lockByTokenHash, { tokenHash })
      return row && describeWithAttempt(row, vault)
    },

    async findOpen(attemptId) {
      if (!isId(attemptId)) return undefined
      const [row] = await scope.run(findOpen, { attemptId })
      return row && describe(row)
    },

    async countTry(challengeId) {
      const [row] = await scope.run(countTry, { id: challengeId })
      return row?.tries ?? 0
    },

    consume: async (challengeId, moment) => (await scope.change(consume, { id: challengeId, moment })) === 1,
  }
}

function describeWithAttempt(row: ChallengedAttemptRow, vault: Vault): ChallengedAttempt {
  const { challenge_id: id, challenge_created_at, challenge_expires_at } = row
  return {
    attempt: openAttempt(row, vault),
    challenge: describe({
      ...row,
      id,
      attempt_id: row.id,
      created_at: challenge_created_at,
      expires_at: challenge_expires_at,
    }),
  }
}

function describe(row: ChallengeRow): EmailChallengeRecord {
  return {
    id: row.id,
    attemptId: row.attempt_id,
    tokenHash: row.token_hash,
    codeHash: row.code_hash,
    tries: row.tries,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    consumedAt: fromNullable(row.consumed_at),
    voidedAt: fromNullable(row.voided_at),
  }
}
