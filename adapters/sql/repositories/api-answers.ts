import { sql } from 'kysely'
import type { ApiAnswerRepository } from '../../../provider/ports/api-repositories.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'
import { prepareSweepOfExpired } from '../sweep.ts'
import type { Vault } from '../vault.ts'

const lock = prepare<{ name: string }>()(parameter =>
  queries.selectNoFrom(sql<boolean>`pg_try_advisory_xact_lock(hashtextextended(${parameter.name}, 0))`.as('taken')),
)

const find = prepare<{ keyHash: string; moment: Date }>()(parameter =>
  queries
    .selectFrom('api_answers')
    .selectAll()
    .where('key_hash', '=', parameter.keyHash)
    .where('expires_at', '>', parameter.moment),
)

// In place of one that has expired, and was not swept yet.
const keep = prepare<{
  keyHash: string
  workspaceId: string | null
  userId: string | null
  fingerprint: Buffer
  answerSealed: Buffer
  expiresAt: Date
}>()(parameter =>
  queries
    .insertInto('api_answers')
    .values({
      key_hash: parameter.keyHash,
      workspace_id: parameter.workspaceId,
      user_id: parameter.userId,
      fingerprint: parameter.fingerprint,
      answer_sealed: parameter.answerSealed,
      expires_at: parameter.expiresAt,
    })
    .onConflict(conflict =>
      conflict.column('key_hash').doUpdateSet(({ ref }) => ({
        fingerprint: ref('excluded.fingerprint'),
        answer_sealed: ref('excluded.answer_sealed'),
        expires_at: ref('excluded.expires_at'),
      })),
    ),
)

const deleteExpired = prepareSweepOfExpired('api_answers', 'key_hash')

const answerOf = (keyHash: string) => ({ table: 'api_answers', column: 'answer', row: keyHash })

export function createApiAnswerRepository(scope: SqlScope, vault: Vault): ApiAnswerRepository {
  return {
    async lock(keyHash) {
      const [row] = await scope.run(lock, { name: `api-answer ${keyHash}` })
      return row?.taken === true
    },

    async find(keyHash, moment) {
      const [row] = await scope.run(find, { keyHash, moment })
      if (row === undefined) return undefined
      return {
        keyHash,
        fingerprint: row.fingerprint,
        answer: vault.installation.open(answerOf(keyHash), row.answer_sealed),
        expiresAt: row.expires_at,
      }
    },

    async keep({ keyHash, fingerprint, answer, expiresAt }) {
      const { mode } = scope
      const workspaceId = mode.kind === 'workspace' ? mode.workspaceId : null
      const userId = mode.kind === 'self' ? mode.userId : null
      const answerSealed = vault.installation.seal(answerOf(keyHash), answer)
      await scope.change(keep, { keyHash, workspaceId, userId, fingerprint, answerSealed, expiresAt })
    },

    deleteExpired: (moment, limit) => scope.change(deleteExpired, { moment, limit }),
  }
}
