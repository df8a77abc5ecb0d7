import { parseArgs } from 'node:util'
import { type SubjectName, subjectNames } from './subject.ts'
import type { VolumeSize } from './volume/people.ts'
import { largeVolume, quickVolume } from './volume/growth.ts'
import { type WorkloadName, workloadNames } from './workloads.ts'

export const sectionNames = [
  'workloads',
  'gate',
  'store-commands',
  'start',
  'memory',
  'rotations',
  'enumeration',
  'audit-log',
  'audit-share',
  'policies',
  'volume',
] as const

export const usage = `npm run bench -- [options]
  --quick               fewer operations, two passes; without --section, workloads, gate and store commands only; RESULTS.md stays as it is
  --workload <name>     only this one, may be repeated: ${workloadNames.join(', ')}
  --subject <name>      only this one, may be repeated: ${subjectNames.join(', ')}
  --section <name>      only this one, may be repeated: ${sectionNames.join(', ')}
  --passes <n>          measured passes of each workload (3; quick 2)
  --operations <n>      operations of a pass
  --workspaces <n>      of the large installation in the section volume (10000; quick 100)
  --users <n>           its users (1000000; quick 10000)
  --events <n>          its audit events (5000000; quick 50000)
  --profile             also takes a CPU profile of each server and workload in a pass of its own (.cpuprofile files in .bench/)
`

export type SectionName = (typeof sectionNames)[number]

export interface BenchOptions {
  quick: boolean
  profile: boolean
  workloads: WorkloadName[]
  subjects: SubjectName[]
  sections: SectionName[]
  passes: number
  operations: number | undefined
  /** Of the large installation, against which the small one is held. */
  volume: VolumeSize
  /** True where nothing was left out, so that the results may be kept. */
  complete: boolean
}

export function readOptions(argumentList: string[]): BenchOptions {
  const { values } = parseArgs({
    args: argumentList,
    options: {
      quick: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      workload: { type: 'string', multiple: true },
      subject: { type: 'string', multiple: true },
      section: { type: 'string', multiple: true },
      passes: { type: 'string' },
      operations: { type: 'string' },
      workspaces: { type: 'string' },
      users: { type: 'string' },
      events: { type: 'string' },
    },
  })
  const { quick, profile, workload, subject, section, passes, operations, workspaces, users, events } = values
  const usual = quick ? quickVolume : largeVolume
  return {
    quick,
    profile,
    workloads: choose('workload', workloadNames, workload),
    subjects: choose('subject', subjectNames, subject),
    sections: choose('section', sectionNames, section ?? (quick ? ['workloads', 'gate', 'store-commands'] : undefined)),
    passes: passes === undefined ? (quick ? 2 : 3) : readCount('passes', passes, 20),
    operations: operations === undefined ? undefined : readCount('operations', operations, 100_000),
    volume: {
      workspaces: workspaces === undefined ? usual.workspaces : readCount('workspaces', workspaces, 100_000),
      users: users === undefined ? usual.users : readCount('users', users, 10_000_000),
      events: events === undefined ? usual.events : readCount('events', events, 100_000_000),
    },
    complete: !quick && !workload && !subject && !section && !passes && !operations && !workspaces && !users && !events,
  }
}

function choose<Name extends string>(option: string, known: readonly Name[], given: string[] | undefined): Name[] {
  for (const name of given ?? []) {
    if (!known.some(one => one === name)) throw new Error(`--${option} is one of ${known.join(', ')}, not ${name}`)
  }
  return known.filter(name => !given || given.includes(name))
}

function readCount(option: string, text: string, most: number): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > most)
    throw new Error(`--${option} is a number from 1 to ${most}, not ${text}`)
  return count
}
