/** An installation with as many rows as one that has been in use for years, and a server on it. */
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { findFreePort } from '../../support/servers.ts'
import { ask } from '../channel.ts'
import type { Fleet } from '../fleet.ts'
import type { Latencies } from '../latencies.ts'
import { cpuMilliseconds } from '../processes.ts'
import { inDatabase, type Stores } from '../stores.ts'
import type { CpuReading, Subject } from '../subject.ts'
import { fillVolume } from './fill.ts'
import type { ListerRequest } from './member-lister.ts'
import type { VolumeSize } from './people.ts'

export interface Lister {
  run(operations: number, clients: number): Promise<Latencies>
  cpu(): CpuReading
  stop(): Promise<void>
}

export interface Volume {
  size: VolumeSize
  subject: Subject
  lister: Lister
  superuserUrl: string
  /** For `latchkey` on the command line. */
  environment: Record<string, string>
  fillSeconds: number
  stop(): Promise<void>
}

/** `place` sets apart what several volumes keep in one Redis. */
export async function openVolume(fleet: Fleet, stores: Stores, size: VolumeSize, place: number): Promise<Volume> {
  const name = `volume-${place}`
  const database = `latchkey_volume_${randomBytes(4).toString('hex')}`
  const [databaseUrl, superuserUrl] = [inDatabase(stores.databaseUrl, database), inDatabase(stores.superuserUrl, database)]
  const redisUrl = inDatabase(stores.redisUrl, String(place))
  const installation = { name, databaseUrl, redisUrl, port: await findFreePort() }
  await stores.query(`create database ${database} owner ${decodeURIComponent(new URL(databaseUrl).username)}`)

  // Prepares the database, and shows what the product writes for somebody who signs in.
  const first = await fleet.openInstallation(installation)
  await first.load({ do: 'prepare', workload: 'first-sign-in', operations: 1 })
  await first.load({ do: 'run', workload: 'first-sign-in', operations: 1, clients: 1 })
  await first.load({ do: 'inspect' })
  await first.stop()

  const environment = { DATA_DIR: fleet.dataFolder(name), DATABASE_URL: databaseUrl }
  const began = performance.now()
  await fillVolume({ environment, superuserUrl, size })
  const fillSeconds = (performance.now() - began) / 1000

  const subject = await fleet.openInstallation({ ...installation, people: size.users })
  const lister = await startLister(stores, { do: 'open', environment, size })
  return {
    size,
    subject,
    lister,
    superuserUrl,
    environment,
    fillSeconds,
    async stop() {
      await subject.stop()
      await lister.stop()
      await stores.query(`drop database ${database} with (force)`)
    },
  }
}

async function startLister({ postgresPid }: Stores, request: ListerRequest): Promise<Lister> {
  const child = fork(join(import.meta.dirname, 'member-lister.ts'))
  const pid = child.pid ?? 0
  await ask(child, request)
  return {
    run: (operations, clients) => ask<Latencies>(child, { do: 'run', operations, clients } satisfies ListerRequest),
    cpu: () => ({ server: cpuMilliseconds(pid), postgres: cpuMilliseconds(postgresPid), redis: 0 }),
    async stop() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
