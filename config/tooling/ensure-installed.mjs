/**
 * Installs what package-lock.json names, where node_modules holds something else or nothing. Runs on any Node from 20 on, with
 * nothing installed; what it installs brings the Node that everything else runs on.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { projectFolder, runAsScript, ToolingError } from './project.mjs'

/** @typedef {Record<string, { integrity?: string, optional?: boolean }>} Packages from the path in the tree to what is there */

/** Installs if need be, and answers the path of the Node to run the project on. */
export function ensureInstalled() {
  if (!isInstalled()) install()
  return findNode()
}

/**
 * True where each package of the lock file is there as the lock file names it, and no other. Compared is what npm itself wrote
 * beside the packages, because times say nothing: a checkout makes an old lock file new.
 */
export function isInstalled(folder = projectFolder) {
  const installed = readPackages(join(folder, 'node_modules/.package-lock.json'))
  const wanted = readPackages(join(folder, 'package-lock.json'))
  if (!installed || !wanted) return false
  return (
    Object.entries(wanted).every(
      ([path, entry]) => path === '' || (entry.optional && !installed[path]) || installed[path]?.integrity === entry.integrity,
    ) && Object.keys(installed).every(path => wanted[path])
  )
}

/**
 * @param {string} path
 * @returns {Packages | undefined}
 */
function readPackages(path) {
  if (!existsSync(path)) return undefined
  return JSON.parse(readFileSync(path, 'utf8')).packages
}

function install() {
  console.log('Installing the packages that package-lock.json names (npm ci)')
  // npm runs on the machine's own Node, for the one in node_modules is removed on the way.
  const searchPath = (process.env.PATH ?? '').split(delimiter).filter(entry => !entry.includes('node_modules'))
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: projectFolder,
    env: { ...process.env, PATH: searchPath.join(delimiter) },
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (result.error || result.status !== 0) throw new ToolingError('The packages could not be installed: npm ci says why, above.')
}

function findNode() {
  const installed = join(projectFolder, 'node_modules/.bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(installed)) return installed
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 14)) return process.execPath
  throw new ToolingError(
    `No Node comes with the packages for ${process.platform} on ${process.arch}, and ${process.version} is too old: install Node 24.`,
  )
}

await runAsScript(import.meta.url, ensureInstalled)
