import { sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { RequirementReminder, WorkspaceRequirement } from '../../../provider/ports/workspace-records.ts'
import type { RequirementReminderRepository } from '../../../provider/ports/workspace-repositories.ts'
import type { SqlScope } from '../database.ts'
import { describePage, isAfter, limitTo, type PageParameters } from '../pages.ts'
import { type Placeholders, prepare, queries } from '../statement.ts'
import type { Vault } from '../vault.ts'
import { hasTotpDevice } from './enrolled-factors.ts'

const listDue = prepare<{ days: number; after: Date; until: Date; limit: number }>()(parameter =>
  queries
    .selectFrom('workspaces as w')
    .select(['w.id', 'w.required_level', 'w.required_from'])
    // Word for word as the index workspaces_requirement has it, so that Postgres knows that it may use it.
    .where('w.required_level', '<>', sql.lit('none'))
    .where('w.required_from', '>', parameter.after)
    .where('w.required_from', '<=', parameter.until)
    .where('w.status', '=', 'active')
    .where('w.deletion_due_at', 'is', null)
    .where(
      sql<boolean>`not exists (
        select from latchkey.requirement_reminders as r
        where r.workspace_id = w.id and r.level = w.required_level and r.required_from = w.required_from
          and r.days = ${parameter.days}::integer and r.finished_at is not null
      )`,
    )
    .orderBy('w.required_from')
    .orderBy('w.id')
    .limit(sql<number>`${parameter.limit}::bigint`),
)

const begin = prepare<RequirementReminder>()(parameter =>
  queries
    .insertInto('requirement_reminders')
    .values({
      workspace_id: parameter.workspaceId,
      level: parameter.level,
      required_from: parameter.from,
      days: parameter.days,
    })
    .onConflict(conflict => conflict.doNothing()),
)

const isReminder = (parameter: Placeholders<RequirementReminder>) =>
  sql<boolean>`workspace_id = ${parameter.workspaceId} and level = ${parameter.level} and required_from = ${parameter.from}
    and days = ${parameter.days}`

const lock = prepare<RequirementReminder>()(parameter =>
  queries
    .selectFrom('requirement_reminders')
    .select(['reached_joined_at', 'reached_user_id', 'finished_at'])
    .where(isReminder(parameter))
    .forUpdate(),
)

const advance = prepare<RequirementReminder & { joinedAt: Date | null; userId: string | null }>()(parameter =>
  queries
    .updateTable('requirement_reminders')
    .set({ reached_joined_at: parameter.joinedAt, reached_user_id: parameter.userId })
    .where(isReminder(parameter)),
)

const finish = prepare<RequirementReminder & { finishedAt: Date }>()(parameter =>
  queries.updateTable('requirement_reminders').set({ finished_at: parameter.finishedAt }).where(isReminder(parameter)),
)

interface RecipientParameters extends PageParameters {
  workspaceId: string
  level: WorkspaceRequirement['level']
  authenticators: string[] | null
}

// A passkey of a model that counts reaches every level; a generator of codes, the lower one.
const listRecipients = prepare<RecipientParameters>()(parameter =>
  queries
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .innerJoin('user_keys as k', 'k.user_id', 'm.user_id')
    .innerJoin('user_addresses as a', join => join.onRef('a.user_id', '=', 'm.user_id').on('a.is_primary', '=', true))
    .select(['m.user_id', 'm.created_at', 'u.locale', 'k.wrapped', 'a.id as address_id', 'a.address_sealed'])
    .where('m.workspace_id', '=', parameter.workspaceId)
    .where('u.status', '=', 'active')
    .where('u.erasure_due_at', 'is', null)
    .where(
      sql<boolean>`not exists (
        select from latchkey.passkeys as p
        where p.user_id = m.user_id and (${parameter.authenticators}::text[] is null
          or (p.attested and p.aaguid::text = any(${parameter.authenticators}::text[])))
      )`,
    )
    .where(sql<boolean>`(${parameter.level}::text = 'phishing-resistant' or not ${hasTotpDevice('m.user_id')})`)
    .where(isAfter('m.created_at', 'm.user_id', parameter))
    .orderBy('m.created_at')
    .orderBy('m.user_id')
    .limit(limitTo(parameter)),
)

export function createRequirementReminderRepository(scope: SqlScope, vault: Vault): RequirementReminderRepository {
  return {
    async listDue(due) {
      const rows = await scope.run(listDue, due)
      return rows.flatMap(({ id, required_level: level, required_from: from }) =>
        level === 'none' || from === null ? [] : [{ workspaceId: id, level, from }],
      )
    },

    async take(reminder) {
      if (!isId(reminder.workspaceId)) return undefined
      await scope.post(begin, reminder)
      const [row] = await scope.run(lock, reminder)
      if (row === undefined || row.finished_at !== null) return undefined
      const { reached_joined_at: moment, reached_user_id: id } = row
      return { reached: moment === null || id === null ? undefined : { moment, id } }
    },

    async listRecipients(workspaceId, { level, authenticators = null }, page) {
      if (!isId(workspaceId) || level === 'none') return []
      const rows = await scope.run(listRecipients, { workspaceId, level, authenticators, ...describePage(page) })
      return Promise.all(
        rows.map(async row => {
          const key = await vault.userKey(row.user_id, row.wrapped)
          const address = key.open({ table: 'user_addresses', column: 'address', row: row.address_id }, row.address_sealed)
          return { userId: row.user_id, address, locale: row.locale, joinedAt: row.created_at }
        }),
      )
    },

    async advance(reminder, progress) {
      if ('finishedAt' in progress) await scope.post(finish, { ...reminder, finishedAt: progress.finishedAt })
      else {
        const { moment: joinedAt = null, id: userId = null } = progress.reached ?? {}
        await scope.post(advance, { ...reminder, joinedAt, userId })
      }
    },
  }
}
