import type { RevokedAccessTokenRepository } from '../../../provider/ports/repositories.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'
import { prepareSweepOfExpired } from '../sweep.ts'
import { canBeKept } from '../values.ts'

const add = prepare<{ tokenId: string; expiresAt: Date }>()(parameter =>
  queries
    .insertInto('revoked_access_tokens')
    .values({ token_id: parameter.tokenId, expires_at: parameter.expiresAt })
    .onConflict(conflict => conflict.column('token_id').doNothing()),
)

const has = prepare<{ tokenId: string }>()(parameter =>
  queries.selectFrom('revoked_access_tokens').select('token_id').where('token_id', '=', parameter.tokenId),
)

const deleteExpired = prepareSweepOfExpired('revoked_access_tokens', 'token_id')

export function createRevokedAccessTokenRepository(scope: SqlScope): RevokedAccessTokenRepository {
  return {
    async add(tokenId, expiresAt) {
      await scope.post(add, { tokenId, expiresAt })
    },
    has: async tokenId => canBeKept(tokenId) && (await scope.run(has, { tokenId })).length > 0,
    deleteExpired: (moment, limit) => scope.change(deleteExpired, { moment, limit }),
  }
}
