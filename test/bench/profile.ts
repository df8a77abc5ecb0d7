/** Reads a V8 CPU profile: where the time went, by package and by function. */
import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import { samplingInterval } from './sampling.ts'

interface ProfileNode {
  id: number
  callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number }
  children?: number[]
}

interface CpuProfile {
  nodes: ProfileNode[]
  samples: number[]
  timeDeltas: number[]
}

export interface ProfileSummary {
  /** Microseconds that the process was not idle. */
  busy: number
  /** Share of that by package, `node` and our own folders: time in the code itself. */
  byOrigin: Array<[origin: string, share: number]>
  /** Share by function: time in its own code. */
  bySelf: Array<[place: string, share: number]>
  /** Share by function of ours and of the packages that we call: time in it and in what it called. */
  byTotal: Array<[place: string, share: number]>
}

const sourceMaps = new Map<string, SourceMap | undefined>()

function sourceMapOf(url: string): SourceMap | undefined {
  if (!sourceMaps.has(url)) {
    // Of our bundle alone: a package's own map leads to sources that it did not ship.
    const file = url.includes('/.build/') ? `${fileURLToPath(url)}.map` : ''
    const payload = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
    sourceMaps.set(url, payload && new SourceMap(payload))
  }
  return sourceMaps.get(url)
}

/** The source file of a frame, relative to the repository, or what V8 calls it. */
function placeOf({ callFrame }: ProfileNode): { file: string; name: string } {
  const { functionName, url, lineNumber, columnNumber } = callFrame
  const name = functionName || '(anonymous)'
  if (url === '') return { file: name.startsWith('(') && name !== '(anonymous)' ? name : 'native', name }
  const entry = sourceMapOf(url)?.findEntry(lineNumber, columnNumber)
  const [source, line] =
    entry && 'originalSource' in entry ? [entry.originalSource, entry.originalLine + 1] : [url, lineNumber + 1]
  const file = source.replace(/^.*?((?:node_modules|provider|adapters|views|config|test)\/)/, '$1')
  return { file, name: `${name} ${file.replace('node_modules/', '')}:${line}` }
}

function originOf(file: string): string {
  const [, package_] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? []
  if (package_) return package_
  const [, folder] = /^((?:provider|adapters|views|config)(?:\/[^/]+)?)/.exec(file) ?? []
  return folder ?? (file.startsWith('node:') ? 'node' : file)
}

export function summarizeProfile(file: string): ProfileSummary {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile
  const selfById = new Map<number, number>()
  for (const [index, id] of profile.samples.entries()) {
    // A longer gap is time in which the process waited for a core: the sample is right, its length isn't.
    const time = Math.min(profile.timeDeltas[index] ?? 0, 2 * samplingInterval)
    selfById.set(id, (selfById.get(id) ?? 0) + time)
  }
  const nodes = new Map(profile.nodes.map(node => [node.id, node]))
  const byOrigin = new Map<string, number>()
  const bySelf = new Map<string, number>()
  const byTotal = new Map<string, number>()
  const add = (map: Map<string, number>, key: string, time: number) => map.set(key, (map.get(key) ?? 0) + time)
  let busy = 0

  /** Answers the time of the subtree; a function that calls itself is counted once. */
  const visit = (id: number, above: Set<string>): number => {
    const node = nodes.get(id)
    if (!node) return 0
    const { file: source, name } = placeOf(node)
    if (name === '(idle)' || source.endsWith('server-probe.ts')) return 0
    const self = selfById.get(id) ?? 0
    busy += self
    add(byOrigin, originOf(source), self)
    add(bySelf, name, self)
    const within = new Set(above).add(name)
    const total = (node.children ?? []).reduce((sum, child) => sum + visit(child, within), self)
    if (!above.has(name) && !source.startsWith('node:') && !source.startsWith('(') && source !== 'native')
      add(byTotal, name, total)
    return total
  }
  const [root] = profile.nodes
  if (root) visit(root.id, new Set())
  const ranked = (map: Map<string, number>): Array<[string, number]> =>
    [...map].map(([key, time]): [string, number] => [key, time / busy]).toSorted(([, a], [, b]) => b - a)
  return { busy, byOrigin: ranked(byOrigin), bySelf: ranked(bySelf), byTotal: ranked(byTotal) }
}

export function describeProfile(summary: ProfileSummary): string {
  const list = (title: string, rows: Array<[string, number]>, count: number) =>
    [title, ...rows.slice(0, count).map(([name, share]) => `  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`)].join('\n')
  return [
    `busy ${(summary.busy / 1000).toFixed(0)} ms`,
    list('by origin, own time', summary.byOrigin, 25),
    list('by function, own time', summary.bySelf, 40),
    list('by function, with what it calls', summary.byTotal, 60),
  ].join('\n')
}
