import { sql } from 'kysely'
import type { Keyrings } from '../../../provider/ports/field-cipher.ts'
import type { DataKeyRepository, RotatableOwner } from '../../../provider/ports/data-keys.ts'
import type { SqlScope } from '../database.ts'
import { beginningOf, isSealedOtherwise, resealEvents } from '../resealing.ts'
import { prepare, queries } from '../statement.ts'
import { asOwner, asParameters, lockKey, type OwnerParameters } from './owner-keys.ts'

const firstId = '00000000-0000-0000-0000-000000000000'

const leave = prepare<OwnerParameters>()(parameter =>
  queries
    .updateTable('data_key_rotations')
    // The lap that may be under way has passed by some events already: it takes one whole lap after that.
    .set({ phase: sql`'events'`, lap: ({ selectFrom }) => selectFrom('event_resealing').select(sql<number>`laps + 2`.as('lap')) })
    .where('owner_kind', '=', parameter.kind)
    .where('owner_id', '=', parameter.id),
)

const takeLap = prepare<object>()(() =>
  queries
    .selectFrom('event_resealing')
    .select(['laps', 'event_id'])
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('data_key_rotations as r').select('r.owner_id').where('r.phase', '=', sql<'events'>`'events'`)),
    )
    .forUpdate()
    .skipLocked(),
)

const listIds = prepare<{ after: string; limit: number }>()(parameter =>
  queries
    .selectFrom('audit_events')
    .select('id')
    .where('id', '>', parameter.after)
    .orderBy('id')
    .limit(sql<number>`${parameter.limit}::bigint`),
)

const listOfWaiting = prepare<{ after: string; last: string }>()(parameter =>
  queries
    .selectFrom('audit_events as e')
    .innerJoin('data_key_rotations as r', join =>
      join
        .on('r.phase', '=', sql<'events'>`'events'`)
        .on('r.owner_kind', '=', sql<'user' | 'workspace'>`case when e.user_id is null then 'workspace' else 'user' end`)
        .on('r.owner_id', '=', sql<string>`coalesce(e.user_id, e.workspace_id)`),
    )
    .select(['e.id as row', 'e.disclosures_sealed as sealed', 'r.owner_kind', 'r.owner_id'])
    .where('e.id', '>', parameter.after)
    .where('e.id', '<=', parameter.last)
    .where(isSealedOtherwise(sql.ref('e.disclosures_sealed'), beginningOf(sql.ref('r.generation')))),
)

const moveOn = prepare<{ laps: number; eventId: string | null }>()(parameter =>
  queries
    .updateTable('event_resealing')
    .set({ laps: parameter.laps, event_id: parameter.eventId })
    .where('id', '=', sql<number>`1`),
)

const addResealed = prepare<OwnerParameters & { count: number }>()(parameter =>
  queries
    .updateTable('data_key_rotations')
    .set({ resealed: sql`resealed + ${parameter.count}::bigint` })
    .where('owner_kind', '=', parameter.kind)
    .where('owner_id', '=', parameter.id),
)

const takeFinished = prepare<object>()(() =>
  queries
    .selectFrom('data_key_rotations as r')
    .select(['r.owner_kind', 'r.owner_id'])
    .where('r.phase', '=', sql<'events'>`'events'`)
    .where('r.lap', '<=', ({ selectFrom }) => selectFrom('event_resealing').select('laps'))
    .limit(sql<number>`1`)
    .forUpdate()
    .skipLocked(),
)

type EventMethods = Pick<DataKeyRepository, 'leaveToEvents' | 'resealEvents' | 'takeFinishedRotation'>

/**
 * The part of the data keys' repository that is about the audit log. Most of its events are in no index by the person whom they
 * concern, so it is walked by its primary key, once for everybody who waits.
 */
export function createEventResealing(scope: SqlScope, keyrings: Keyrings): EventMethods {
  return {
    async leaveToEvents(owner) {
      await scope.post(leave, asParameters(owner))
    },

    async resealEvents(limit) {
      const [lap] = await scope.run(takeLap, {})
      if (!lap) return undefined
      const after = lap.event_id ?? firstId
      const ids = await scope.run(listIds, { after, limit })
      const last = ids.at(-1)?.id
      const found = last === undefined ? [] : await scope.run(listOfWaiting, { after, last })
      const broken: RotatableOwner[] = []
      for (const events of Map.groupBy(found, ({ owner_kind, owner_id }) => `${owner_kind} ${owner_id}`).values()) {
        const [first] = events
        if (!first) continue
        const owner = asOwner({ kind: first.owner_kind, id: first.owner_id })
        const wrapped = await lockKey(scope, owner)
        // Erased meanwhile: nothing of it opens any more.
        if (!wrapped) continue
        if (await resealEvents(scope, await keyrings.openKeyring(owner, wrapped), events)) {
          await scope.post(addResealed, { ...asParameters(owner), count: events.length })
        } else broken.push(owner)
      }
      const isOver = ids.length < limit
      await scope.post(moveOn, { laps: isOver ? lap.laps + 1 : lap.laps, eventId: isOver ? null : (last ?? null) })
      return broken
    },

    async takeFinishedRotation() {
      const [row] = await scope.run(takeFinished, {})
      return row && asOwner({ kind: row.owner_kind, id: row.owner_id })
    },
  }
}
