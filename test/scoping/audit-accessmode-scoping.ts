/**
 * `npm run audit-accessmode-scoping`: whether each route, job and access to data names its access mode. Reads the sources alone;
 * another folder than this project's may be named.
 */
import { join } from 'node:path'
import { auditAccessModes } from './access-modes.ts'
import { readSources, report } from './finding.ts'
import { systemFiles } from './system-files.ts'

const [root = join(import.meta.dirname, '../..')] = process.argv.slice(2)
const { findings, routes, accesses, jobs } = auditAccessModes(readSources(root), systemFiles)
const lookedAt = `${routes} declarations of routes, ${jobs} jobs and ${accesses} accesses to data name their access mode`
console.log(report('audit-accessmode-scoping', findings, lookedAt))
process.exitCode = findings.length === 0 ? 0 : 1
