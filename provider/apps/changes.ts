import { type Circumstances, recordEvent } from '../audit/record.ts'
import { AppError } from '../kernel/errors.ts'
import type { AppRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'

/** What a change of an app needs: its event commits with it. */
type Changing = Pick<Repositories, 'apps' | 'auditEvents'>

/** Rejects with AppError `conflict` where its client id is taken. */
export async function registerApp(repositories: Changing, app: AppRecord, circumstances: Circumstances): Promise<void> {
  await repositories.apps.insert(app)
  const event = { action: 'app.registered', client_id: app.clientId, source: app.source, after: app.metadata } as const
  await recordEvent(repositories, event, circumstances)
}

/**
 * Makes an app what is said of it now, on behalf of where that is said: an app of the config file is replaced by the file alone, others by
 * anybody but the file. Rejects with AppError `conflict` otherwise.
 */
export async function replaceApp(
  repositories: Changing,
  before: AppRecord,
  app: AppRecord,
  by: AppRecord['source'],
  circumstances: Circumstances,
): Promise<void> {
  if (by === 'config' || before.source === 'config') assertSource(before, by)
  await repositories.apps.replace(app)
  const change = { client_id: app.clientId, source: before.source, before: before.metadata, after: app.metadata }
  await recordEvent(repositories, { ...change, action: 'app.changed' }, circumstances)
}

/**
 * Removes an app on behalf of where it may be removed: an app of the config file there alone, others anywhere but there. Rejects
 * with AppError `conflict` otherwise.
 */
export async function removeApp(
  repositories: Changing,
  app: AppRecord,
  by: AppRecord['source'],
  circumstances: Circumstances,
): Promise<void> {
  if (by === 'config' || app.source === 'config') assertSource(app, by)
  await repositories.apps.delete(app.clientId)
  const event = { action: 'app.removed', client_id: app.clientId, source: app.source, before: app.metadata } as const
  await recordEvent(repositories, event, circumstances)
}

function assertSource({ clientId, source }: AppRecord, expected: AppRecord['source']): void {
  if (source === expected) return
  throw new AppError('conflict', {
    detail:
      source === 'config'
        ? `${clientId} is registered in the config file, and would come back with the next start. Remove it there.`
        : `${clientId} was registered by ${source}, not in the config file.`,
  })
}
