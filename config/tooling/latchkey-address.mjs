import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { projectFolder, ToolingError } from './project.mjs'

/** @typedef {{ issuer: string, port: number, hasMailbox: boolean }} LatchkeyAddress */

/**
 * Where Latchkey would serve with these variables, by Latchkey's own rules. They are TypeScript, which the Node that was installed
 * reads, and the one that runs this may not.
 * @param {string} node
 * @param {Record<string, string | undefined>} variables
 * @returns {LatchkeyAddress}
 */
export function readLatchkeyAddress(node, variables) {
  const script = join(projectFolder, 'config/tooling/read-address.ts')
  const { status, stdout, stderr } = spawnSync(node, [script], { env: variables, encoding: 'utf8' })
  if (status !== 0) throw new ToolingError(stderr.trim())
  return JSON.parse(stdout)
}
