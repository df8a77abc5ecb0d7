import { sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { AttemptRecord, ProofRecord } from '../../../provider/ports/records.ts'
import type { AttemptChanges, AttemptRepository } from '../../../provider/ports/repositories.ts'
import type { SqlScope } from '../database.ts'
import type { Schema } from '../schema.ts'
import { orConflict, type Placeholders, prepare, queries } from '../statement.ts'
import { prepareSweepOfExpired } from '../sweep.ts'
import { canBeKept, fromNullable } from '../values.ts'
import type { Vault } from '../vault.ts'

type AttemptRow = Schema['attempts']

/** What never changes of an attempt and is personal, sealed as one. */
type Details = Pick<AttemptRecord, 'request' | 'device' | 'ip'>

const find = prepare<{ id: string }>()(parameter => queries.selectFrom('attempts').selectAll().where('id', '=', parameter.id))

const findByInteraction = prepare<{ interactionUid: string }>()(parameter =>
  queries
    .selectFrom('attempts')
    .selectAll()
    .where('interaction_uid', '=', parameter.interactionUid)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1),
)

const lock = prepare<{ id: string }>()(parameter =>
  queries.selectFrom('attempts').selectAll().where('id', '=', parameter.id).forUpdate(),
)

/** Held also where an interaction has no attempt yet, whose row could be locked: so two who begin at once do so in turn. */
const lockInteraction = prepare<{ interactionUid: string }>()(parameter =>
  queries.selectNoFrom(sql`pg_advisory_xact_lock(hashtextextended(${parameter.interactionUid}, 0))`.as('locked')),
)

const lockByInteraction = prepare<{ interactionUid: string }>()(parameter =>
  queries
    .selectFrom('attempts')
    .selectAll()
    .where('interaction_uid', '=', parameter.interactionUid)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .forUpdate(),
)

const insert = prepare<AttemptRow>()(parameter =>
  queries.insertInto('attempts').values({
    id: parameter.id,
    interaction_uid: parameter.interaction_uid,
    browser_hash: parameter.browser_hash,
    client_id: parameter.client_id,
    state: parameter.state,
    method: parameter.method,
    user_id: parameter.user_id,
    address_sealed: parameter.address_sealed,
    proofs_sealed: parameter.proofs_sealed,
    details_sealed: parameter.details_sealed,
    locale: parameter.locale,
    created_at: parameter.created_at,
    expires_at: parameter.expires_at,
  }),
)

type Column = 'method' | 'user_id' | 'address_sealed' | 'proofs_sealed'

/** What a transition is told: `keep…` says which columns stay as they are, so that one statement serves every set of changes. */
type Transition = { id: string; from: AttemptRecord['state']; to: AttemptRecord['state'] } & Pick<AttemptRow, Column> &
  Record<`keep_${Column}`, boolean>

const updateState = (parameter: Placeholders<Transition>) =>
  queries
    .updateTable('attempts')
    .set(({ ref }) => ({
      state: parameter.to,
      method: sql`case when ${parameter.keep_method} then ${ref('method')} else ${parameter.method} end`,
      user_id: sql`case when ${parameter.keep_user_id} then ${ref('user_id')} else ${parameter.user_id} end`,
      address_sealed: sql`case when ${parameter.keep_address_sealed} then ${ref('address_sealed')} else ${parameter.address_sealed} end`,
      proofs_sealed: sql`case when ${parameter.keep_proofs_sealed} then ${ref('proofs_sealed')} else ${parameter.proofs_sealed} end`,
    }))
    .where('id', '=', parameter.id)
    .where('state', '=', parameter.from)

const transition = prepare<Transition>()(updateState)

/** Travels with the commit, and undoes it where there was nothing to move. */
const move = prepare<Transition>()(parameter =>
  queries
    .with('changed', () => updateState(parameter).returning('id'))
    .selectFrom('changed')
    .select(orConflict),
)

const deleteExpired = prepareSweepOfExpired('attempts', 'id')

const place = (column: string, row: string) => ({ table: 'attempts', column, row })

export function openAttempt(row: AttemptRow, { installation }: Vault): AttemptRecord {
  // What `create` and `transition` sealed; the seal shows that nobody else did.
  const details = JSON.parse(installation.open(place('details', row.id), row.details_sealed)) as Details
  const proofs = JSON.parse(installation.open(place('proofs', row.id), row.proofs_sealed)) as ProofRecord[]
  return {
    id: row.id,
    interactionUid: row.interaction_uid,
    browserHash: row.browser_hash,
    clientId: row.client_id,
    state: row.state,
    method: fromNullable(row.method),
    address: row.address_sealed ? installation.open(place('address', row.id), row.address_sealed) : undefined,
    userId: fromNullable(row.user_id),
    proofs,
    ...details,
    locale: row.locale,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}

export function createAttemptRepository(scope: SqlScope, vault: Vault): AttemptRepository {
  const { installation } = vault
  const open = (row: AttemptRow) => openAttempt(row, vault)
  const sealAddress = (id: string, address: string | undefined) =>
    address === undefined ? null : installation.seal(place('address', id), address)
  const sealProofs = (id: string, proofs: ProofRecord[]) => installation.seal(place('proofs', id), JSON.stringify(proofs))

  const describeTransition = (
    id: string,
    from: AttemptRecord['state'],
    to: AttemptRecord['state'],
    changes: AttemptChanges,
  ): Transition => ({
    id,
    from,
    to,
    method: changes.method ?? null,
    keep_method: !('method' in changes),
    user_id: changes.userId ?? null,
    keep_user_id: !('userId' in changes),
    address_sealed: sealAddress(id, changes.address),
    keep_address_sealed: !('address' in changes),
    proofs_sealed: sealProofs(id, changes.proofs ?? []),
    keep_proofs_sealed: changes.proofs === undefined,
  })

  return {
    async create(attempt) {
      const { id, request, device, ip } = attempt
      const details: Details = { request, device, ip }
      await scope.post(insert, {
        id,
        interaction_uid: attempt.interactionUid,
        browser_hash: attempt.browserHash,
        client_id: attempt.clientId,
        state: attempt.state,
        method: attempt.method ?? null,
        user_id: attempt.userId ?? null,
        address_sealed: sealAddress(id, attempt.address),
        proofs_sealed: sealProofs(id, attempt.proofs),
        details_sealed: installation.seal(place('details', id), JSON.stringify(details)),
        locale: attempt.locale,
        created_at: attempt.createdAt,
        expires_at: attempt.expiresAt,
      })
    },

    async find(attemptId) {
      if (!isId(attemptId)) return undefined
      const [row] = await scope.run(find, { id: attemptId })
      return row && open(row)
    },

    async findByInteraction(interactionUid) {
      if (!canBeKept(interactionUid)) return undefined
      const [row] = await scope.run(findByInteraction, { interactionUid })
      return row && open(row)
    },

    async lock(attemptId) {
      if (!isId(attemptId)) return undefined
      const [row] = await scope.run(lock, { id: attemptId })
      return row && open(row)
    },

    async lockByInteraction(interactionUid) {
      if (!canBeKept(interactionUid)) return undefined
      // One after the other: the second statement sees what was committed while the first one waited.
      const [, [row]] = await Promise.all([
        scope.run(lockInteraction, { interactionUid }),
        scope.run(lockByInteraction, { interactionUid }),
      ])
      return row && open(row)
    },

    async transition(id, from, to, changes) {
      return isId(id) && (await scope.change(transition, describeTransition(id, from, to, changes))) === 1
    },

    async move(id, from, to, changes) {
      await scope.post(move, describeTransition(id, from, to, changes))
    },

    deleteExpired: (moment, limit) => scope.change(deleteExpired, { moment, limit }),
  }
}
