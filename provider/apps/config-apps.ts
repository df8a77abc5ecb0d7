import { withoutRequest } from '../audit/record.ts'
import type { Clock } from '../kernel/clock.ts'
import { StartError } from '../kernel/errors.ts'
import type { Data } from '../ports/data.ts'
import type { AppRecord } from '../ports/records.ts'
import { registerApp, removeApp, replaceApp } from './changes.ts'
import { nameApp, readApp } from './registration.ts'

/**
 * Makes the registered apps of the config file what the file says: new ones are added, changed ones replaced, and those that it
 * names no longer removed. Apps that were registered otherwise stay. Throws StartError where apps are not as they have to be, with a
 * line for each problem, and where one has the client id of another.
 */
export async function registerConfigApps(
  data: Data,
  apps: ReadonlyArray<Readonly<Record<string, unknown>>>,
  { issuer, clock }: { issuer: string; clock: Clock },
): Promise<void> {
  const wanted = readConfigApps(apps, issuer, clock())
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
      if (describe(before) !== describe(app)) await replaceApp(repositories, before, app, 'config', circumstances)
    }
    const names = new Set(wanted.map(app => app.clientId))
    for (const app of known.values()) {
      if (app.source === 'config' && !names.has(app.clientId)) await removeApp(repositories, app, 'config', circumstances)
    }
  })
}

/** All that is wrong comes in one go, a line for each. */
function readConfigApps(apps: ReadonlyArray<Readonly<Record<string, unknown>>>, issuer: string, now: Date): AppRecord[] {
  const ids = apps.map(app => app['client_id'])
  const wanted: AppRecord[] = []
  const problems = apps.flatMap((app, index) => {
    const name = nameApp(app) ?? `the app in entry ${index + 1}`
    const read = readApp(app, { issuer, source: 'config', now })
    if ('app' in read) wanted.push(read.app)
    const twice = ids.indexOf(app['client_id']) !== index && ids[index] !== undefined
    return [
      ...('app' in read ? [] : read.problems.map(problem => `${name}: ${problem}`)),
      ...(twice ? [`${name} is there twice. Give one of them another client_id.`] : []),
    ]
  })
  if (problems.length > 0) throw new StartError(problems.map(problem => `LATCHKEY_CONFIG: ${problem}`).join('\n'))
  return wanted
}

function describe(app: AppRecord): string {
  return JSON.stringify([
    app.secretHash?.toString('base64'),
    Object.entries(app.metadata).toSorted(([a], [b]) => a.localeCompare(b)),
  ])
}
