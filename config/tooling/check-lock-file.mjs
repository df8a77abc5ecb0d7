import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder, runAsScript, ToolingError } from './project.mjs'

/** @typedef {{ version?: string, integrity?: string, resolved?: string, link?: boolean, optionalDependencies?: Record<string, string> }} Entry */

/**
 * What is wrong with a lock file, one line each. Every package comes from the one registry that npm is set to, by a version, and is
 * checked against a SHA-512: no entry has an address of its own, neither another registry's nor a repository's. And what a package
 * needs on other platforms is there as well: `npm ci` refuses a lock file without it, `npm install` leaves it out silently where the
 * registry doesn't have it.
 * @param {{ packages: Record<string, Entry> }} lockFile
 * @returns {string[]}
 */
export function findLockFileProblems({ packages }) {
  return Object.entries(packages).flatMap(([path, entry]) => {
    if (path === '') return []
    const problems = []
    if (typeof entry.version !== 'string' || !/^\d+\.\d+\.\d+/.test(entry.version)) problems.push(`${path} has no version`)
    if (typeof entry.integrity !== 'string' || !entry.integrity.startsWith('sha512-')) problems.push(`${path} has no SHA-512`)
    if (entry.resolved !== undefined || entry.link !== undefined) problems.push(`${path} comes from an address of its own`)
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!isWithinReach(packages, path, name)) problems.push(`${path} needs ${name} on some platform`)
    }
    return problems
  })
}

/**
 * As Node looks for a package: beside the one that asks, and in each folder above it.
 * @param {Record<string, Entry>} packages
 * @param {string} path
 * @param {string} name
 */
function isWithinReach(packages, path, name) {
  const parts = path.split('/node_modules/')
  const folders = ['', ...parts.map((_, index) => `${parts.slice(0, index + 1).join('/node_modules/')}/`)]
  return folders.some(folder => packages[`${folder}node_modules/${name}`])
}

await runAsScript(import.meta.url, () => {
  const problems = findLockFileProblems(JSON.parse(readFileSync(join(projectFolder, 'package-lock.json'), 'utf8')))
  if (problems.length > 0) throw new ToolingError(`package-lock.json:\n${problems.join('\n')}`)
})
