import { removeApp as removeRegisteredApp } from '../apps/changes.ts'
import { withoutRequest } from '../audit/record.ts'
import { AppError } from '../kernel/errors.ts'
import type { AppRecord } from '../ports/records.ts'
import { commandActor, commandMode } from './command-mode.ts'
import type { ExitCode, Surroundings } from './surroundings.ts'
import { renderMoment, renderTable } from './table.ts'
import { withData } from './with-data.ts'

export function listApps(surroundings: Surroundings, { json }: { json?: boolean }): Promise<ExitCode> {
  return withData(surroundings, async ({ data }) => {
    const apps = await data.read(commandMode, repositories => repositories.apps.list())
    if (json) surroundings.print(JSON.stringify(apps.map(toJson), undefined, 2))
    else if (apps.length === 0)
      surroundings.print('No app is registered. Register one with "latchkey app create", or in the config file.')
    else surroundings.print(renderTable(['CLIENT ID', 'NAME', 'REGISTERED IN', 'SINCE'], apps.map(toRow)))
    return 0
  })
}

export function removeApp(surroundings: Surroundings, clientId: string): Promise<ExitCode> {
  return withData(surroundings, async ({ data }) => {
    await data.scoped(commandMode, async repositories => {
      const app = await repositories.apps.find(clientId)
      if (app === undefined) {
        throw new AppError('not-found', {
          detail: `There is no app with the client id ${JSON.stringify(clientId)}. "latchkey app list" prints them all.`,
        })
      }
      await removeRegisteredApp(repositories, app, 'command-line', withoutRequest(commandActor, surroundings.clock))
    })
    surroundings.print(`${clientId} is removed. Nobody can sign in to it any more.`)
    return 0
  })
}

const registeredIn: Record<AppRecord['source'], string> = {
  config: 'config file',
  'command-line': 'command line',
  api: 'API',
  console: 'console',
}

function toRow({ clientId, metadata, source, createdAt }: AppRecord): string[] {
  return [
    clientId,
    typeof metadata['client_name'] === 'string' ? metadata['client_name'] : '',
    registeredIn[source],
    renderMoment(createdAt),
  ]
}

function toJson({ metadata, source, createdAt }: AppRecord): Record<string, unknown> {
  return { ...metadata, source, created_at: createdAt.toISOString() }
}
