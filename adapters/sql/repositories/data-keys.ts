import { sql } from 'kysely'
import type { KeyOwner, Keyrings } from '../../../provider/ports/field-cipher.ts'
import type { DataKeyRepository, RotatableOwner } from '../../../provider/ports/data-keys.ts'
import { isId } from '../../../provider/kernel/ids.ts'
import type { SqlScope } from '../database.ts'
import { resealColumns } from '../resealing.ts'
import { prepare, queries } from '../statement.ts'
import { canBeKept } from '../values.ts'
import { createEventResealing } from './event-resealing.ts'
import { asOwner, asParameters, lockKey, type OwnerParameters, replaceKey } from './owner-keys.ts'

const firstId = '00000000-0000-0000-0000-000000000000'

const listWorkspaceKeys = prepare<{ after: string; limit: number }>()(parameter =>
  queries
    .selectFrom('workspace_keys')
    .select(['workspace_id as id', 'wrapped'])
    .where('workspace_id', '>', parameter.after)
    .orderBy('workspace_id')
    .limit(sql<number>`${parameter.limit}::bigint`),
)

const listDeletedKeys = prepare<{ after: string; limit: number }>()(parameter =>
  queries
    .selectFrom('deleted_workspaces')
    .select(['id', 'wrapped'])
    .where('id', '>', parameter.after)
    .orderBy('id')
    .limit(sql<number>`${parameter.limit}::bigint`),
)

const findInstallationKey = prepare<object>()(() => queries.selectFrom('installation_keys').select('wrapped'))

const findWorkspaceId = prepare<{ slug: string }>()(parameter =>
  queries.selectFrom('workspaces').select('id').where('slug', '=', parameter.slug),
)

const putOff = prepare<OwnerParameters & { dueAt: Date }>()(parameter =>
  queries
    .updateTable('data_key_rotations')
    .set({ phase: sql`case when generation is null then 'requested' else 'published' end`, due_at: parameter.dueAt })
    .where('owner_kind', '=', parameter.kind)
    .where('owner_id', '=', parameter.id),
)

const owners = {
  user: { table: 'user_keys', column: 'user_id' },
  workspace: { table: 'workspace_keys', column: 'workspace_id' },
} as const

const prepareListing = (kind: RotatableOwner['kind']) => {
  const { table, column } = owners[kind]
  return prepare<{ after: string; limit: number }>()(parameter =>
    queries
      .selectFrom(table)
      .select(sql<string>`${sql.ref(column)}::text`.as('id'))
      .where(sql.ref(column), '>', sql`${parameter.after}::uuid`)
      .orderBy(sql.ref(column))
      .limit(sql<number>`${parameter.limit}::bigint`),
  )
}
const listOwners = { user: prepareListing('user'), workspace: prepareListing('workspace') }

const prepareRequest = (kind: RotatableOwner['kind']) =>
  prepare<{ ids: string[]; at: Date }>()(parameter =>
    queries
      .insertInto('data_key_rotations')
      .columns([owners[kind].column, 'phase', 'due_at'])
      .expression(sql`select unnest(${parameter.ids}::text[])::uuid, 'requested', ${parameter.at}::timestamptz`)
      .onConflict(conflict => conflict.doNothing()),
  )
const request = { user: prepareRequest('user'), workspace: prepareRequest('workspace') }

const count = prepare<object>()(() =>
  queries
    .selectFrom('data_key_rotations')
    .select([
      sql<number>`count(*) filter (where phase = 'requested')`.as('requested'),
      sql<number>`count(*) filter (where phase = 'published')`.as('published'),
      sql<number>`count(*) filter (where phase = 'events')`.as('events'),
      sql<number>`coalesce(sum(resealed), 0)::bigint`.as('resealed'),
    ]),
)

const takeDue = prepare<{ now: Date }>()(parameter =>
  queries
    .selectFrom('data_key_rotations')
    .select(['owner_kind', 'owner_id', 'phase'])
    .where('phase', '<>', sql<'events'>`'events'`)
    .where('due_at', '<=', parameter.now)
    .orderBy('due_at')
    .limit(sql<number>`1`)
    .forUpdate()
    .skipLocked(),
)

const publish = prepare<OwnerParameters & { generation: number; dueAt: Date }>()(parameter =>
  queries
    .updateTable('data_key_rotations')
    .set({ phase: sql`'published'`, generation: parameter.generation, due_at: parameter.dueAt })
    .where('owner_kind', '=', parameter.kind)
    .where('owner_id', '=', parameter.id),
)

const remove = prepare<OwnerParameters>()(parameter =>
  queries.deleteFrom('data_key_rotations').where('owner_kind', '=', parameter.kind).where('owner_id', '=', parameter.id),
)

const findGeneration = prepare<OwnerParameters>()(parameter =>
  queries
    .selectFrom('data_key_rotations')
    .select('generation')
    .where('owner_kind', '=', parameter.kind)
    .where('owner_id', '=', parameter.id),
)

const addResealed = prepare<OwnerParameters & { count: number }>()(parameter =>
  queries
    .updateTable('data_key_rotations')
    .set({ resealed: sql`resealed + ${parameter.count}::bigint` })
    .where('owner_kind', '=', parameter.kind)
    .where('owner_id', '=', parameter.id),
)

export function createDataKeyRepository(scope: SqlScope, keyrings: Keyrings): DataKeyRepository {
  async function lock(owner: RotatableOwner): Promise<{ wrapped: Buffer; generation: number } | undefined> {
    const wrapped = await lockKey(scope, owner)
    const [row] = await scope.run(findGeneration, asParameters(owner))
    if (!wrapped) await scope.post(remove, asParameters(owner))
    return wrapped && { wrapped, generation: row?.generation ?? 1 }
  }

  return {
    ...createEventResealing(scope, keyrings),

    async listWorkspaceKeys(after, limit, of) {
      const statement = of === 'deleted' ? listDeletedKeys : listWorkspaceKeys
      const rows = await scope.run(statement, { after: after ?? firstId, limit })
      return rows.map(({ id, wrapped }) => ({ workspaceId: id, wrapped }))
    },

    findInstallationKey: async () => (await scope.run(findInstallationKey, {}))[0]?.wrapped,

    replaceKey: (owner: KeyOwner, before, after) => replaceKey(scope, owner, before, after),

    findWorkspaceId: async slug => (canBeKept(slug) ? (await scope.run(findWorkspaceId, { slug }))[0]?.id : undefined),

    async putOff(owner, dueAt) {
      await scope.post(putOff, { ...asParameters(owner), dueAt })
    },

    async requestRotation(owner, at) {
      const { kind, id } = asParameters(owner)
      if (!isId(id) || (await lockKey(scope, owner)) === undefined) return false
      return (await scope.change(request[kind], { ids: [id], at })) === 1
    },

    async requestRotations(kind, after, limit, at) {
      const ids = (await scope.run(listOwners[kind], { after: after ?? firstId, limit })).map(({ id }) => id)
      await scope.post(request[kind], { ids, at })
      return ids.at(-1)
    },

    async countRotations() {
      const [row] = await scope.run(count, {})
      return row ?? { requested: 0, published: 0, events: 0, resealed: 0 }
    },

    async takeDueRotation(now) {
      const [row] = await scope.run(takeDue, { now })
      return (
        row && {
          owner: asOwner({ kind: row.owner_kind, id: row.owner_id }),
          phase: row.phase === 'requested' ? 'requested' : 'published',
        }
      )
    },

    async publishGeneration(owner, sealsFrom, dueAt) {
      const held = await lock(owner)
      if (!held) return undefined
      const { wrapped, generation } = await keyrings.addGeneration(owner, held.wrapped, sealsFrom)
      await replaceKey(scope, owner, held.wrapped, wrapped)
      await scope.post(publish, { ...asParameters(owner), generation, dueAt })
      return generation
    },

    async resealOwner(owner, limit) {
      const held = await lock(owner)
      if (!held) return 0
      const { kind, id } = asParameters(owner)
      const key = await keyrings.openKeyring(owner, held.wrapped)
      const resealed = await resealColumns(scope, kind, { ownerId: id, generation: held.generation, limit }, key)
      if (resealed > 0) await scope.post(addResealed, { kind, id, count: resealed })
      return resealed
    },

    async dropOldGenerations(owner) {
      const held = await lock(owner)
      if (!held) return undefined
      await replaceKey(scope, owner, held.wrapped, await keyrings.dropOldGenerations(owner, held.wrapped))
      await scope.post(remove, asParameters(owner))
      return held.generation
    },
  }
}
