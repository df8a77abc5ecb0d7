/**
 * Lists members as a page of a workspace does: an access mode of the workspace, a page and the next one, and how many there are. In a
 * process of its own, so that its CPU can be told apart.
 */
import { openDurable } from '../../../adapters/open-durable.ts'
import { loadSettings } from '../../../config/load.ts'
import { openEnvelope } from '../../../provider/envelope/envelope.ts'
import { systemClock } from '../../../provider/kernel/clock.ts'
import type { AccessMode } from '../../../provider/kernel/access-mode.ts'
import type { Data } from '../../../provider/ports/data.ts'
import { type Latencies, summarize } from '../latencies.ts'
import { membersOf, personOf, scatter, type VolumeSize, workspaceIdOf } from './people.ts'

export type ListerRequest =
  | { do: 'open'; environment: Record<string, string>; size: VolumeSize }
  | { do: 'run'; operations: number; clients: number }

const pageLength = 50

let data: Data | undefined
let size: VolumeSize | undefined
let workspaces: Generator<number, never> | undefined

async function listMembers(from: Data, volume: VolumeSize, workspace: number): Promise<void> {
  const workspaceId = workspaceIdOf(workspace)
  const { from: first, to } = membersOf(workspace, volume)
  const mode: AccessMode = { kind: 'workspace', workspaceId, actor: { kind: 'user', userId: personOf(first).userId } }
  const [page, count] = await from.read(mode, ({ members }) =>
    Promise.all([members.list(workspaceId, { after: undefined, limit: pageLength }), members.count(workspaceId)]),
  )
  const last = page.at(-1)
  const after = last && { moment: last.joinedAt, id: last.userId }
  const next = await from.read(mode, ({ members }) => members.list(workspaceId, { after, limit: pageLength }))
  const listed = Math.min(to - first, 2 * pageLength)
  if (count !== to - first || page.length + next.length !== listed) throw new Error('the list of members is not whole')
  if (page[0]?.address !== personOf(first).address) throw new Error('the list of members begins with somebody else')
}

async function run(operations: number, clients: number): Promise<Latencies> {
  if (!data || !size || !workspaces) throw new Error('open comes first')
  const [opened, volume, places] = [data, size, workspaces]
  const latencies: number[] = []
  let left = operations
  const began = performance.now()
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (left > 0) {
        left -= 1
        const start = performance.now()
        await listMembers(opened, volume, places.next().value)
        latencies.push(performance.now() - start)
      }
    }),
  )
  return summarize(latencies, (performance.now() - began) / 1000)
}

async function answer(request: ListerRequest): Promise<Latencies | undefined> {
  if (request.do === 'run') return run(request.operations, request.clients)
  const settings = loadSettings(request.environment)
  const durable = await openDurable(settings, { clock: systemClock, openCipher: openEnvelope, whenOld: 'refuse' })
  data = durable.data
  size = request.size
  workspaces = scatter(size.workspaces)
  return undefined
}

process.on('message', (request: ListerRequest) => {
  answer(request).then(
    value => process.send?.({ value }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
