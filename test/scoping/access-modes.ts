import { type Node, Visitor } from 'oxc-parser'
import { type SystemReason, systemReasons } from '../../provider/kernel/access-mode.ts'
import { type Finding, placeOf, type Source } from './finding.ts'
import {
  constantsOf,
  findSharedModes,
  importsOf,
  nameOf,
  propertyOf,
  readMode,
  readRouteMode,
  textOf,
  withoutType,
} from './modes-in-source.ts'

/** Files that may act as the system: for one reason, or for one that is handed in by files of this list. */
export interface SystemFiles {
  reason: SystemReason | 'handed in'
  why: string
  /** Paths; one that ends in a slash is all of a folder. */
  files: readonly string[]
}

export interface AccessModeAudit {
  findings: Finding[]
  routes: number
  accesses: number
  jobs: number
}

type Job = { place: string; name: string; handlerFile: string | undefined }

const listFile = 'test/scoping/system-files.ts'
const adviceForSystem = `Use { kind: 'self', … } or { kind: 'workspace', … } if at all possible; if not, say why in ${listFile}.`
const adviceForRoutes =
  "Say beside its path on whose behalf it touches data: mode: 'self', 'workspace', 'no-data' or { system: <reason> }, written out."
const adviceForAccess =
  'Hand in an access mode as its first argument: one that is written out, a constant that is one, or a parameter called mode.'
const adviceForJobs = "Its handler says on whose behalf it works: { kind: 'system', reason: 'job' } where nobody waits for it."

/**
 * Whether each route, each job and each access to data names its access mode, and whether the system's is taken only where the
 * short list says why.
 */
export function auditAccessModes(sources: readonly Source[], systemFiles: readonly SystemFiles[]): AccessModeAudit {
  const shared = findSharedModes(sources)
  const files = sources.map(source => ({ source, ...readFile(source, shared) }))
  const naming = new Set(files.filter(({ namesMode }) => namesMode).map(({ source }) => source.path))
  const findings = files.flatMap(({ findings: own }) => own)
  const uses = files.flatMap(({ systemUses }) => systemUses)

  for (const { place, path, reason } of uses) {
    if (!systemFiles.some(entry => entry.reason === reason && entry.files.some(file => isWithin(path, file)))) {
      const given = reason === 'handed in' ? 'a reason that is handed in' : `the reason '${reason}'`
      const problem = `acts as the system, across all workspaces, for ${given}, and is not on the list of files that may.`
      findings.push({ place, problem, advice: adviceForSystem })
    }
  }
  for (const { reason, files: listed } of systemFiles) {
    for (const file of listed.filter(entry => !uses.some(use => use.reason === reason && isWithin(use.path, entry)))) {
      const problem = `may act as the system for '${reason}', and does not, or is not there any more.`
      findings.push({ place: file, problem, advice: `Take it out of ${listFile}.` })
    }
  }
  const jobs = files.flatMap(({ jobs: own }) => own)
  for (const { place, name, handlerFile } of jobs) {
    if (handlerFile !== undefined && naming.has(handlerFile)) continue
    const where = handlerFile === undefined ? '' : ` in ${handlerFile}`
    findings.push({ place, problem: `the job '${name}' names no access mode${where}.`, advice: adviceForJobs })
  }
  const count = (of: 'routes' | 'accesses') => files.reduce((sum, file) => sum + file[of], 0)
  return { findings, routes: count('routes'), accesses: count('accesses'), jobs: jobs.length }
}

/** What one file says of modes, and where it should have said something. */
function readFile(source: Source, shared: ReadonlyMap<string, string | undefined>) {
  const constants = constantsOf(source)
  const imports = importsOf(source)
  const findings: Finding[] = []
  const systemUses = new Map<string, { place: string; path: string; reason: string }>()
  const jobs: Job[] = []
  const counts = { routes: 0, accesses: 0 }
  let namesMode = false
  const add = (node: Node, problem: string, advice: string) => findings.push({ place: placeOf(source, node), problem, advice })
  const addSystem = (node: Node, reason = 'handed in') => {
    const use = { place: placeOf(source, node), path: source.path, reason }
    systemUses.set(`${use.place} ${reason}`, use)
  }

  /** Follows constants and imports; what is handed in was named by whoever hands it in. */
  function isMode(node: Node | undefined): boolean {
    const bare = withoutType(node)
    if (bare === undefined || readMode(bare) !== undefined) return bare !== undefined
    if (bare.type === 'ConditionalExpression') return isMode(bare.consequent) && isMode(bare.alternate)
    if (bare.type === 'MemberExpression') return nameOf(bare.property) === 'mode'
    if (bare.type !== 'Identifier') return false
    const constant = constants.get(bare.name)
    if (constant !== undefined) return isMode(constant)
    const imported = imports.get(bare.name)
    return imported === undefined ? bare.name === 'mode' : shared.has(imported.origin)
  }

  for (const { origin, node } of imports.values()) {
    if (!shared.has(origin)) continue
    addSystem(node, shared.get(origin))
    namesMode = true
  }

  function readRoute(call: Extract<Node, { type: 'CallExpression' }>): void {
    counts.routes += 1
    const mode = readRouteMode(call.arguments[0], constants)
    const declaration = call.arguments[0]
    const path = declaration === undefined ? undefined : textOf(propertyOf(declaration, 'path'))
    if (mode === undefined || (mode.kind === 'system' && !isReason(mode.reason)))
      add(call, `${path === undefined ? 'a route' : `the route ${path}`} names no access mode.`, adviceForRoutes)
  }

  new Visitor({
    ObjectExpression: object => {
      const mode = readMode(object)
      namesMode ||= mode !== undefined
      if (mode?.kind === 'system') addSystem(object, mode.reason)
      // As routes say it.
      const reason = object.properties.length === 1 ? textOf(propertyOf(object, 'system')) : undefined
      if (isReason(reason)) addSystem(object, reason)
    },
    CallExpression: call => {
      const { callee } = call
      if (imports.get(nameOf(callee) ?? '')?.origin === 'provider/http/route.ts route') readRoute(call)
      const owner = callee.type === 'MemberExpression' ? callee.object : undefined
      const method = nameOf(callee.type === 'MemberExpression' ? callee.property : callee) ?? ''
      const ownerName = nameOf(owner?.type === 'MemberExpression' ? owner.property : owner)
      if (isAccess(ownerName, method)) {
        counts.accesses += 1
        if (!isMode(call.arguments[0])) add(call, `${method} is called without a named access mode.`, adviceForAccess)
      }
      if (method === 'work' && ownerName === 'jobRunner') {
        const handler = call.arguments[1]
        const name = nameOf(handler?.type === 'CallExpression' ? handler.callee : handler)
        const handlerFile = name === undefined ? undefined : (imports.get(name)?.origin.split(' ')[0] ?? source.path)
        jobs.push({ place: placeOf(source, call), name: textOf(call.arguments[0]) ?? '?', handlerFile })
      }
    },
  }).visit(source.program)
  return { findings, systemUses: [...systemUses.values()], jobs, namesMode, ...counts }
}

function isWithin(path: string, entry: string): boolean {
  return path === entry || (entry.endsWith('/') && path.startsWith(entry))
}

function isReason(text: string | undefined): boolean {
  return systemReasons.some(reason => reason === text)
}

/** A call that opens a scope, however the data is called; `read` is a word of others, too. */
function isAccess(owner: string | undefined, method: string): boolean {
  return method === 'scoped' || method === 'transaction' || (method === 'read' && /^(data|database)$/.test(owner ?? ''))
}
