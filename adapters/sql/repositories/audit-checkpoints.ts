import { sql } from 'kysely'
import type { AuditCheckpointRepository } from '../../../provider/ports/audit-chain.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'
import type { Vault } from '../vault.ts'

// Any number that no other lock of this database has.
const checkpointLock = 4_201_650_122

const listKeys = prepare<object>()(() =>
  queries.selectFrom('audit_keys').selectAll().orderBy('created_at', 'desc').orderBy('kid'),
)

const insertKey = prepare<{ kid: string; sealed: Buffer; createdAt: Date }>()(parameter =>
  queries
    .insertInto('audit_keys')
    .values({ kid: parameter.kid, private_jwk_sealed: parameter.sealed, created_at: parameter.createdAt }),
)

const takeMoved = prepare<{ limit: number }>()(parameter =>
  queries
    .selectFrom('audit_chains')
    .select(['chain_id', 'position', 'link'])
    .whereRef('position', '>', 'checkpointed_position')
    .orderBy('chain_id')
    .limit(sql<number>`${parameter.limit}::bigint`)
    .forUpdate()
    .skipLocked(),
)

const save = prepare<{ chains: string[]; positions: string[]; moments: string[]; signed: string[] }>()(parameter => {
  const given = sql`unnest(${parameter.chains}::uuid[], ${parameter.positions}::bigint[], ${parameter.moments}::timestamptz[],
    ${parameter.signed}::text[]) as given (chain_id, position, made_at, signed)`
  const statement = sql`insert into latchkey.audit_checkpoints (chain_id, made_on, position, made_at, signed)
    select chain_id, (made_at at time zone 'utc')::date, position, made_at, signed from ${given}
    on conflict (chain_id, made_on) do update
      set position = excluded.position, made_at = excluded.made_at, signed = excluded.signed`
  return { compile: () => statement.compile(queries) }
})

const markSaved = prepare<{ chains: string[]; positions: string[] }>()(parameter => {
  const statement = sql`update latchkey.audit_chains as c set checkpointed_position = given.position
    from unnest(${parameter.chains}::uuid[], ${parameter.positions}::bigint[]) as given (chain_id, position)
    where c.chain_id = given.chain_id`
  return { compile: () => statement.compile(queries) }
})

const list = prepare<{ chainId: string }>()(parameter =>
  queries
    .selectFrom('audit_checkpoints')
    .select(['chain_id', 'position', 'made_at', 'signed'])
    .where('chain_id', '=', parameter.chainId)
    .orderBy('made_on'),
)

const placeOf = (kid: string) => ({ table: 'audit_keys', column: 'private_jwk', row: kid })

export function createAuditCheckpointRepository(scope: SqlScope, { installation }: Vault): AuditCheckpointRepository {
  return {
    async lock() {
      await scope.query('select pg_advisory_xact_lock($1)', [checkpointLock])
    },

    async listKeys() {
      const rows = await scope.run(listKeys, {})
      return rows.map(row => ({
        kid: row.kid,
        // What `insertKey` sealed; the seal shows that nobody else did.
        privateJwk: JSON.parse(installation.open(placeOf(row.kid), row.private_jwk_sealed)) as Record<string, unknown>,
        createdAt: row.created_at,
      }))
    },

    async insertKey({ kid, privateJwk, createdAt }) {
      await scope.post(insertKey, { kid, sealed: installation.seal(placeOf(kid), JSON.stringify(privateJwk)), createdAt })
    },

    async takeMoved(limit) {
      const rows = await scope.run(takeMoved, { limit })
      return rows.map(({ chain_id: chainId, position, link }) => ({ chainId, position, link }))
    },

    async save(checkpoints) {
      const chains = checkpoints.map(({ chainId }) => chainId)
      const positions = checkpoints.map(({ position }) => String(position))
      const moments = checkpoints.map(({ madeAt }) => madeAt.toISOString())
      await scope.post(save, { chains, positions, moments, signed: checkpoints.map(({ signed }) => signed) })
      await scope.post(markSaved, { chains, positions })
    },

    async list(chainId) {
      const rows = await scope.run(list, { chainId })
      return rows.map(row => ({ chainId: row.chain_id, position: row.position, madeAt: row.made_at, signed: row.signed }))
    },
  }
}
