import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder, runAsScript, ToolingError } from './project.mjs'

/**
 * What is wrong with a lock file, one line each: every package comes from the one registry that npm is set to, by a version, and is
 * checked against a SHA-512. So no entry has an address of its own, neither another registry's nor a repository's.
 * @param {{ packages: Record<string, Record<string, unknown>> }} lockFile
 * @returns {string[]}
 */
export function findLockFileProblems(lockFile) {
  return Object.entries(lockFile.packages).flatMap(([path, entry]) => {
    if (path === '') return []
    const problems = []
    if (typeof entry.version !== 'string' || !/^\d+\.\d+\.\d+/.test(entry.version)) problems.push(`${path} has no version`)
    if (typeof entry.integrity !== 'string' || !entry.integrity.startsWith('sha512-')) problems.push(`${path} has no SHA-512`)
    if (entry.resolved !== undefined || entry.link !== undefined) problems.push(`${path} comes from an address of its own`)
    return problems
  })
}

await runAsScript(import.meta.url, () => {
  const problems = findLockFileProblems(JSON.parse(readFileSync(join(projectFolder, 'package-lock.json'), 'utf8')))
  if (problems.length > 0) throw new ToolingError(`package-lock.json:\n${problems.join('\n')}`)
})
