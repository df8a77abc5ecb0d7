/**
 * The load generator: a process of its own, whose CPU is not counted. The parent tells it what to do over the channel, one
 * thing at a time; it answers with latencies, or with what went wrong.
 */
import { concurrency } from '../apps.ts'
import { type Latencies, summarize } from '../latencies.ts'
import type { WorkloadName } from '../workloads.ts'
import { type Lane, openLane, prepareLane } from './lane.ts'
import { type MailInbox, openInbox } from './mail-inbox.ts'
import { operations } from './operations.ts'
import { exchangeCode } from './person.ts'
import { discoverTarget, type Target } from './target.ts'
import { verifySignatures } from './tokens.ts'

export type LoadRequest =
  /** `people` are those of a generated volume, numbered; absent: the load signs up its own. */
  | { do: 'open'; issuer: string; linkPort: number | undefined; opaqueProfileTokens: boolean; people?: number }
  /** Makes what the workload needs, so that the run holds nothing else. */
  | { do: 'prepare'; workload: WorkloadName; operations: number }
  | { do: 'run'; workload: WorkloadName; operations: number; clients: number }
  /** One chain of rotations, one after the other. */
  | { do: 'rotate'; rotations: number }
  /** Looks closer at what came back last: do codes work, do signatures verify? Outside the measured time. */
  | { do: 'inspect' }

export type PassResult = Latencies

let target: Target | undefined
let inbox: MailInbox | undefined
let lanes: Lane[] = []

async function open({ issuer, linkPort, opaqueProfileTokens, people }: Extract<LoadRequest, { do: 'open' }>): Promise<void> {
  inbox = linkPort === undefined ? undefined : openInbox(linkPort)
  target = await discoverTarget(issuer, inbox, { opaqueProfileTokens })
  lanes = Array.from({ length: concurrency }, (_, index) => openLane(index, people))
}

function renewConnections(): void {
  for (const lane of lanes) lane.connection.renew()
}

async function prepare(server: Target, workload: WorkloadName, count: number): Promise<void> {
  renewConnections()
  const share = Math.ceil(count / lanes.length)
  await Promise.all(lanes.map(lane => prepareLane(server, lane, workload, share)))
}

async function run(server: Target, workload: WorkloadName, count: number, clients: number): Promise<PassResult> {
  renewConnections()
  const operate = operations[workload]
  const latencies: number[] = []
  const quota = (index: number) => Math.floor(count / clients) + (index < count % clients ? 1 : 0)
  const began = performance.now()
  await Promise.all(
    lanes.slice(0, clients).map(async (lane, index) => {
      for (let left = quota(index); left > 0; left -= 1) {
        const start = performance.now()
        await operate(server, lane)
        latencies.push(performance.now() - start)
      }
    }),
  )
  return summarize(latencies, (performance.now() - began) / 1000)
}

async function inspect(server: Target): Promise<void> {
  for (const lane of lanes) {
    if (lane.lastSignIn) {
      const { person, request, code } = lane.lastSignIn
      lane.lastAccessToken = (await exchangeCode(server, person, request, code)).access_token
      lane.lastSignIn = undefined
    }
  }
  const tokens = lanes.flatMap(lane => lane.lastAccessToken ?? [])
  for (const lane of lanes) lane.lastAccessToken = undefined
  if (tokens.length > 0) await verifySignatures(server.issuer, server.jwksUri, tokens)
}

async function rotate(server: Target, rotations: number): Promise<PassResult> {
  const [lane] = lanes
  if (!lane) throw new Error('open comes first')
  await prepareLane(server, lane, 'refresh', rotations)
  const others = lane.persons.splice(1)
  const result = await run(server, 'refresh', rotations, 1)
  lane.persons.push(...others)
  return result
}

async function answer(request: LoadRequest): Promise<PassResult | undefined> {
  if (request.do === 'open') {
    await open(request)
    return undefined
  }
  if (!target) throw new Error('open comes first')
  if (request.do === 'run') return run(target, request.workload, request.operations, request.clients)
  if (request.do === 'rotate') return rotate(target, request.rotations)
  if (request.do === 'prepare') await prepare(target, request.workload, request.operations)
  await inspect(target)
  return undefined
}

process.on('message', (request: LoadRequest) => {
  answer(request).then(
    value => process.send?.({ value }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
process.on('disconnect', () => {
  inbox?.close()
  process.exit(0)
})
