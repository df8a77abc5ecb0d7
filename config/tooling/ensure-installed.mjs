/**
 * Installs what package-lock.json names, where node_modules holds something else or nothing. Runs on any Node from 20 on, with
 * nothing installed; what it installs brings the Node that everything else runs on.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { StartError, projectFolder, reportAndExit } from './project.mjs'

/** The oldest Node that the packages run on; the one in node_modules is newer. */
const oldestNode = [22, 14]

/** Installs if need be, and answers the path of the Node to run the project on. */
export function ensureInstalled() {
  if (!isInstalled()) install()
  return findNode()
}

/**
 * True where each package of the lock file is there in the version it names, and no other. What npm itself has written beside
 * the packages is compared, because times say nothing: a checkout makes an old lock file new.
 */
export function isInstalled(folder = projectFolder) {
  const installed = readPackages(join(folder, 'node_modules/.package-lock.json'))
  if (!installed) return false
  const wanted = readPackages(join(folder, 'package-lock.json')) ?? {}
  const isThere = ([path, entry]) => path === '' || entry.optional || installed[path]?.integrity === entry.integrity
  const isWanted = ([path, entry]) => wanted[path]?.integrity === entry.integrity
  return Object.entries(wanted).every(isThere) && Object.entries(installed).every(isWanted)
}

function readPackages(path) {
  if (!existsSync(path)) return undefined
  return JSON.parse(readFileSync(path, 'utf8')).packages
}

function install() {
  console.log('Installing the packages of package-lock.json (npm ci) …')
  // npm runs on the machine's own Node: the one in node_modules is removed on the way.
  const searchPath = (process.env.PATH ?? '').split(delimiter).filter(entry => !entry.includes('node_modules'))
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: projectFolder,
    env: { ...process.env, PATH: searchPath.join(delimiter) },
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (result.error || result.status !== 0) throw new StartError('npm ci failed: its message is above.')
}

function findNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const installed = join(projectFolder, 'node_modules/.bin', name)
  if (existsSync(installed)) return installed
  const [major, minor] = process.versions.node.split('.').map(Number)
  const isNewEnough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
  if (isNewEnough) return process.execPath
  throw new StartError(
    `For ${process.platform}-${process.arch} no Node comes with the packages, and this one is ${process.version}: install Node ${oldestNode.join('.')} or later.`,
  )
}

if (import.meta.filename === process.argv[1]) await reportAndExit(ensureInstalled)
