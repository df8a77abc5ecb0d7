import { withoutRequest } from '../audit/record.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, StartError } from '../kernel/errors.ts'
import type { Data } from '../ports/data.ts'
import type { AppRecord } from '../ports/records.ts'
import { registerApp, removeApp, replaceConfigApp } from './changes.ts'
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
    // Of several nodes that start together one registers, and the others find that it is done.
    await repositories.apps.lock()
    const known = new Map((await repositories.apps.list()).map(app => [app.clientId, app]))
    for (const app of wanted) {
      const before = known.get(app.clientId)
      if (before === undefined) {
        await registerApp(repositories, app, circumstances)
        continue
      }
      if (before.source !== 'config') {
        throw new StartError(
          `LATCHKEY_CONFIG: the app "${app.clientId}" was registered by ${before.source} already. Give it another client_id, or remove that one.`,
        )
      }
      if (describe(before) !== describe(app)) await replaceConfigApp(repositories, before, app, circumstances)
    }
    const names = new Set(wanted.map(app => app.clientId))
    for (const app of known.values()) {
      if (app.source === 'config' && !names.has(app.clientId)) await removeApp(repositories, app, 'config', circumstances)
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
