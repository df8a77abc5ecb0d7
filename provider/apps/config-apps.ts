import { recordEvent, withoutRequest } from '../audit/record.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, StartError } from '../kernel/errors.ts'
import type { Data } from '../ports/data.ts'
import type { AppRecord } from '../ports/records.ts'
import { parseApp } from './registration.ts'

/**
 * Makes the registered apps of the config file what the file says: new ones are added, changed ones replaced, and those that it
 * names no longer removed. Apps that were registered otherwise stay. Throws StartError where an app is not as it has to be, or
 * has the client id of another one.
 */
export async function registerConfigApps(
  data: Data,
  apps: ReadonlyArray<Readonly<Record<string, unknown>>>,
  { issuer, clock }: { issuer: string; clock: Clock },
): Promise<void> {
  const wanted = apps.map(app => parseConfigApp(app, issuer, clock()))
  for (const [index, { clientId }] of wanted.entries()) {
    if (wanted.findIndex(app => app.clientId === clientId) !== index)
      throw new StartError(`LATCHKEY_CONFIG: the app "${clientId}" is there twice. Give one of them another client_id.`)
  }
  const circumstances = withoutRequest({ kind: 'system', reason: 'start' }, clock)
  await data.scoped({ kind: 'system', reason: 'start' }, async repositories => {
    const known = new Map((await repositories.apps.list()).map(app => [app.clientId, app]))
    for (const app of wanted) {
      const before = known.get(app.clientId)
      if (before !== undefined && before.source !== 'config') {
        throw new StartError(
          `LATCHKEY_CONFIG: the app "${app.clientId}" was registered by ${before.source} already. Give it another client_id, or remove that one.`,
        )
      }
      if (before !== undefined && describe(before) === describe(app)) continue
      await repositories.apps.upsert(app)
      const event = { client_id: app.clientId, source: app.source } as const
      if (before === undefined)
        await recordEvent(repositories, { ...event, action: 'app.registered', after: app.metadata }, circumstances)
      else
        await recordEvent(
          repositories,
          { ...event, action: 'app.changed', before: before.metadata, after: app.metadata },
          circumstances,
        )
    }
    const names = new Set(wanted.map(app => app.clientId))
    for (const app of known.values()) {
      if (app.source !== 'config' || names.has(app.clientId)) continue
      await repositories.apps.delete(app.clientId)
      await recordEvent(
        repositories,
        { action: 'app.removed', client_id: app.clientId, source: app.source, before: app.metadata },
        circumstances,
      )
    }
  })
}

function parseConfigApp(app: Readonly<Record<string, unknown>>, issuer: string, now: Date): AppRecord {
  try {
    return parseApp(app, { issuer, source: 'config', now })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const name = typeof app['client_id'] === 'string' ? `"${app['client_id']}"` : 'without a client_id'
    throw new StartError(`LATCHKEY_CONFIG: the app ${name} cannot be registered. ${error.detail ?? error.message}`)
  }
}

function describe(app: AppRecord): string {
  return JSON.stringify([
    app.secretHash?.toString('base64'),
    Object.entries(app.metadata).toSorted(([a], [b]) => a.localeCompare(b)),
  ])
}
