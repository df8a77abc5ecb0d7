import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allApps } from '../bench/apps.ts'
import { startBeside } from '../bench/beside.ts'
import type { MailInbox } from '../bench/load/mail-inbox.ts'
import { type Lane, openLane, prepareLane } from '../bench/load/lane.ts'
import { operations } from '../bench/load/operations.ts'
import { discoverTarget, type Target } from '../bench/load/target.ts'
import { type StoreCommands, summarizeCounts } from '../bench/store-commands.ts'
import { startStores, type Stores } from '../bench/stores.ts'
import type { UpstreamPlace } from '../bench/upstream.ts'
import type { WorkloadName } from '../bench/workloads.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'

/*
 * What a flow asks of Postgres and Redis is most of what it costs, and unlike time it can be counted. A change that asks for more
 * fails here; one that asks for less lowers the numbers. What goes by the clock, the job queue and the audit log's sequencer, is not
 * among what is counted.
 */
const atMost: Record<WorkloadName, Omit<StoreCommands, 'jobs' | 'sealing'>> = {
  discovery: { queries: 0, scopes: 0, redis: 0 },
  'client-credentials': { queries: 1, scopes: 1, redis: 3 },
  code: { queries: 4, scopes: 3, redis: 9 },
  refresh: { queries: 3, scopes: 2, redis: 3 },
  userinfo: { queries: 1, scopes: 1, redis: 0 },
  'magic-link': { queries: 34, scopes: 15, redis: 40 },
  'first-sign-in': { queries: 42, scopes: 15, redis: 40 },
  'link-to-code': { queries: 21, scopes: 8, redis: 14 },
  passkey: { queries: 23, scopes: 8, redis: 22 },
  'passkey-answer': { queries: 21, scopes: 6, redis: 13 },
  totp: { queries: 51, scopes: 18, redis: 42 },
  federated: { queries: 26, scopes: 10, redis: 32 },
  'totp-verification': { queries: 19, scopes: 3, redis: 7 },
}

const warmUp = 4
const counted = 20

let stores: Stores
let upstream: ChildProcess | undefined
let folder: string | undefined
let latchkey: RunningLatchkey
let target: Target
let lane: Lane

beforeAll(async () => {
  stores = await startStores()
  const { child, said } = await startBeside('upstream.ts')
  upstream = child
  // It says nothing but where it is.
  const google = said as UpstreamPlace
  folder = await mkdtemp(join(tmpdir(), 'latchkey-store-commands-'))
  const configFile = join(folder, 'latchkey.json')
  await writeFile(configFile, JSON.stringify({ upstreams: { google: { issuer: google.issuer } } }))
  latchkey = await startLatchkey({
    apps: allApps.map(app => ({ ...app, first_party: true })),
    on: 'embedded',
    environment: {
      DATABASE_URL: stores.databaseUrl,
      REDIS_URL: stores.redisUrl,
      TRUSTED_PROXIES: '1',
      LATCHKEY_CONFIG: configFile,
      GOOGLE_CLIENT_ID: google.clientId,
      GOOGLE_CLIENT_SECRET: google.clientSecret,
    },
  })
  target = await discoverTarget(latchkey.issuer, mailboxOf(latchkey), { opaqueProfileTokens: false })
  lane = openLane(0)
})

afterAll(async () => {
  lane?.connection.close()
  await latchkey?.stop()
  await stores?.stop()
  upstream?.disconnect()
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

test.for(Object.entries(atMost) as Array<[WorkloadName, Omit<StoreCommands, 'jobs' | 'sealing'>]>)(
  '%s asks the stores for no more than it needs',
  async ([workload, bound]) => {
    await prepareLane(target, lane, workload, warmUp + counted)
    for (let count = 0; count < warmUp; count += 1) await operations[workload](target, lane)
    await stores.counts.begin()
    for (let count = 0; count < counted; count += 1) await operations[workload](target, lane)
    const seen = summarizeCounts(await stores.counts.end(), counted)

    // Rounded: now and then one more has to be asked, such as when a limit's share is used up.
    expect(Math.round(seen.queries), 'queries').toBeLessThanOrEqual(bound.queries)
    expect(Math.round(seen.scopes), 'scopes set').toBeLessThanOrEqual(bound.scopes)
    expect(Math.round(seen.redis), 'Redis commands').toBeLessThanOrEqual(bound.redis)
  },
)

function mailboxOf(running: RunningLatchkey): MailInbox {
  return {
    async nextLink(address) {
      const asked = new Date()
      const { text } = await running.waitForMail(address, asked)
      const [link] = /https?:\/\/\S+\/link\/[\w-]+/.exec(text) ?? []
      if (link === undefined) throw new Error('the mail holds no link')
      return link
    },
    close() {},
  }
}
