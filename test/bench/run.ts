/**
 * `npm run bench`: what Latchkey costs, in CPU milliseconds per operation, beside bare oidc-provider in the same run. Starts its
 * own servers in a temporary folder; all traffic is on loopback, bounded in count and time.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { measureAuditLog } from './audit-log.ts'
import { describeAuditShare, measureAuditShare } from './audit-share.ts'
import { describeEnumeration, measureEnumeration } from './enumeration.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { measureGate } from './gate.ts'
import { describeMachine } from './machine.ts'
import { type Measurement, measurePass } from './measure.ts'
import { type MemoryResult, measureMemory, readMemory } from './memory.ts'
import { type BenchOptions, readOptions, usage } from './options.ts'
import { describeProfile, summarizeProfile } from './profile.ts'
import {
  describeAuditLog,
  describeGate,
  describeMemory,
  describePolicies,
  describeRotations,
  describeStarts,
  describeStoreCommands,
  describeWorkloads,
} from './report.ts'
import { measurePolicies } from './row-level-security.ts'
import { measureRotations } from './rotations.ts'
import { measureStart, type StartResult } from './start-up.ts'
import { countStoreCommands, type StoreCommands } from './store-commands.ts'
import type { Stores } from './stores.ts'
import type { Subject, SubjectName } from './subject.ts'
import { describeGrowth } from './volume/describe.ts'
import { measureGrowth } from './volume/growth.ts'
import { type WorkloadName, workloads } from './workloads.ts'

const here = import.meta.dirname
const profileFolder = join(here, '../../.bench')
/** How much of it is done, and in quick mode: enough to see that it works. */
const extent = {
  rotations: 10_000,
  memoryOperations: 100_000,
  enumeratedPairs: 150,
  auditEvents: 1_000_000,
  policies: { count: 3_000, passes: 6 },
}
const quickExtent = {
  rotations: 500,
  memoryOperations: 5_000,
  enumeratedPairs: 20,
  auditEvents: 50_000,
  policies: { count: 1_000, passes: 2 },
}
/** The first pass warms a server up, and is not counted. */
const warmUpShare = 1 / 3

function runsOn(subject: SubjectName, workload: WorkloadName): boolean {
  return subject !== 'yardstick' || !workloads[workload].latchkeyOnly
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function measureStarts(fleet: Fleet, subjects: SubjectName[]): Promise<StartResult[]> {
  const results: StartResult[] = []
  for (const [name, goals] of [
    ['latchkey-embedded', [3000, 1000]],
    ['latchkey-postgres', [1000, 1000]],
  ] as const) {
    if (!subjects.includes(name)) continue
    results.push(await measureStart(`${name}, first time`, goals[0], () => fleet.startServer(name)))
    results.push(await measureStart(`${name}, after`, goals[1], () => fleet.startServer(name)))
  }
  return results
}

/** Passes of the subjects alternate, so that a machine that changes its mind changes it for all of them. */
async function measureWorkloads(subjects: Subject[], options: BenchOptions): Promise<Measurement[]> {
  const measurements: Measurement[] = []
  for (const workload of options.workloads) {
    const { operations, quickOperations } = workloads[workload]
    const count = options.operations ?? (options.quick ? quickOperations : operations)
    const taken = subjects
      .filter(({ name }) => runsOn(name, workload))
      .map((subject): [Subject, Measurement] => [subject, { subject: subject.name, workload, passes: [] }])
    for (const [subject] of taken) await measurePass(subject, workload, Math.ceil(count * warmUpShare))
    for (let pass = 1; pass <= options.passes; pass += 1) {
      for (const [subject, measurement] of taken) {
        const result = await measurePass(subject, workload, count)
        measurement.passes.push(result)
        say(`${workload} · ${subject.name} · pass ${pass}: ${result.total.toFixed(3)} ms CPU`)
      }
    }
    measurements.push(...taken.map(([, measurement]) => measurement))
  }
  return measurements
}

async function countCommands(subject: Subject, stores: Stores, options: BenchOptions): Promise<string> {
  const counts: Array<[string, StoreCommands]> = []
  for (const workload of options.workloads) {
    const { commands, detail } = await countStoreCommands(subject, stores, workload)
    counts.push([workload, commands])
    say(`\n${workload}\n${detail.map(([text, calls]) => `  ${calls.toFixed(1).padStart(5)}  ${text}`).join('\n')}`)
  }
  return describeStoreCommands(counts)
}

async function takeProfiles(subjects: Subject[], options: BenchOptions): Promise<void> {
  mkdirSync(profileFolder, { recursive: true })
  for (const workload of options.workloads) {
    for (const subject of subjects.filter(({ name }) => runsOn(name, workload))) {
      const operations = options.operations ?? workloads[workload].quickOperations
      const file = join(profileFolder, `${subject.name}-${workload}.cpuprofile`)
      await subject.load({ do: 'prepare', workload, operations })
      await subject.probe({ ask: 'profile-start' })
      await subject.load({ do: 'run', workload, operations, clients: 32 })
      await subject.probe({ ask: 'profile-stop', file })
      const text = describeProfile(summarizeProfile(file))
      writeFileSync(`${file}.txt`, `${text}\n`)
      say(`\n## Profile: ${workload} on ${subject.name} (${operations} operations)\n${text}`)
    }
  }
}

/** In fresh processes, so that nothing of the workloads before is counted. */
async function measureMemories(fleet: Fleet, subjects: SubjectName[], operations: number): Promise<MemoryResult[]> {
  const results: MemoryResult[] = []
  for (const name of subjects) {
    if (name === 'yardstick') continue
    const subject = await fleet.openSubject(name)
    await sleep(5000)
    results.push(await measureMemory(subject, await readMemory(subject), operations))
    await subject.stop()
  }
  return results
}

async function bench(options: BenchOptions): Promise<void> {
  const fleet = await startFleet(options.subjects)
  const has = (section: BenchOptions['sections'][number]) => options.sections.includes(section)
  const chapters: Array<[title: string, text: string]> = []
  const report = (title: string, text: string) => {
    chapters.push([title, text])
    say(`\n## ${title}\n\n${text}\n`)
  }
  const { stores } = fleet
  const { rotations, memoryOperations, enumeratedPairs, auditEvents, policies } = options.quick ? quickExtent : extent
  try {
    const machine = describeMachine(stores)
    say(machine.join('\n'))
    if (has('start')) report('Start', describeStarts(await measureStarts(fleet, options.subjects)))
    if (has('gate')) report('The gate', describeGate(measureGate()))
    if (has('workloads') || has('store-commands') || has('rotations') || has('enumeration')) {
      const subjects: Subject[] = []
      for (const name of options.subjects) subjects.push(await fleet.openSubject(name))
      const onPostgres = subjects.find(({ name }) => name === 'latchkey-postgres')
      if (has('workloads')) report('CPU per operation', describeWorkloads(await measureWorkloads(subjects, options)))
      if (has('store-commands') && onPostgres && stores) {
        report('Store commands per operation', await countCommands(onPostgres, stores, options))
      }
      if (options.profile) await takeProfiles(subjects, options)
      if (has('rotations') && onPostgres && stores)
        report('A chain of rotations', describeRotations(await measureRotations(onPostgres, stores, rotations)))
      if (has('enumeration') && onPostgres) {
        const { issuer } = onPostgres
        report('Who has an account', describeEnumeration(await measureEnumeration(issuer, fleet.linkPort, enumeratedPairs)))
      }
      for (const subject of subjects) await subject.stop()
    }
    if (has('memory')) report('Memory', describeMemory(await measureMemories(fleet, options.subjects, memoryOperations)))
    if (has('audit-log') && stores) report('The audit log', describeAuditLog(await measureAuditLog(stores, auditEvents)))
    if (has('audit-share') && stores)
      report('What the audit log adds', describeAuditShare(await measureAuditShare(fleet, stores, { ...options, say })))
    if (has('policies') && stores)
      report('Row-level security', describePolicies(await measurePolicies(fleet, stores, { ...policies, say })))
    if (has('volume') && stores) {
      report('Small and large', describeGrowth(await measureGrowth(fleet, stores, { ...options, large: options.volume, say })))
    }
    if (options.complete) writeResults(machine, chapters)
  } catch (error) {
    process.stderr.write(`${fleet.lastWords()}\n`)
    throw error
  } finally {
    await fleet.stop()
  }
}

function writeResults(machine: string[], chapters: Array<[title: string, text: string]>): void {
  const introduction = [
    '# Results of `npm run bench`',
    '',
    `Taken on ${new Date().toISOString().slice(0, 10)} with \`npm run bench\`, everything in one run on one machine:`,
    '',
    ...machine.map(line => `- ${line}`),
    '',
    'CPU is user and system time of the server and its stores (whole process trees), at 32 concurrent clients; the load generator',
    'and the SMTP sink are processes of their own and not counted. The ratio is that to `yardstick`, bare oidc-provider with an',
    'in-memory adapter in the same run; sign-ins are compared with its code flow, but for the passkey, which is compared with',
    'the second half of a sign-in by link on the same server. Rates are the wall clock of a machine that the load generator shares,',
    'and are not compared.',
    '',
    ...Object.entries(workloads).map(([name, { operation }]) => `- \`${name}\`: ${operation}`),
  ]
  const text = [...introduction, ...chapters.flatMap(([title, body]) => ['', `## ${title}`, '', body])].join('\n')
  writeFileSync(join(here, 'RESULTS.md'), `${text}\n`)
}

let options: BenchOptions
try {
  options = readOptions(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  process.exit(2)
}
await bench(options)
