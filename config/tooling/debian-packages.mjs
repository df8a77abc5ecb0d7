import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Each program that the tests start, with the Debian package that brings it. */
const programs = [
  { program: 'postgres', package: 'postgresql' },
  { program: 'pgbouncer', package: 'pgbouncer' },
  { program: 'redis-server', package: 'redis-server' },
  { program: 'chromium', package: 'chromium' },
]

/** The packages whose program isn't on this machine. */
export function findMissingPackages() {
  return programs.filter(({ program }) => !findProgram(program)).map(entry => entry.package)
}

/**
 * Installs packages where that needs no password: as root, or by a `sudo` that asks for none.
 * @param {string[]} packages
 * @returns {string | undefined} the one line that says what to run, where they could not be installed
 */
export function installPackages(packages) {
  const names = packages.join(' ')
  const advice = `The tests need ${names}. Run: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names}`
  if (!findProgram('apt-get')) return advice
  const isRoot = process.getuid?.() === 0
  if (!isRoot && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) return advice

  console.log(`Installing ${names} (apt-get)`)
  const script = ['-c', installScript, 'sh', ...packages]
  const result = isRoot
    ? spawnSync('sh', script, { encoding: 'utf8' })
    : spawnSync('sudo', ['-n', 'sh', ...script], { encoding: 'utf8' })
  if (result.status === 0 && findMissingPackages().length === 0) return undefined
  console.error(`${result.stdout ?? ''}${result.stderr ?? ''}`)
  return advice
}

/**
 * Debian starts a server as soon as it is installed. The tests start their own, and nobody asked for one that stays, so while it
 * is installed `policy-rc.d` says no, unless the machine has one of its own.
 */
const installScript = `
set -eu
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
apt-get -qq update
apt-get -qq install -y --no-install-recommends "$@"
`

/** @param {string} name */
function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', ...postgresFolders()]
  return folders.some(folder => folder !== '' && existsSync(join(folder, name)))
}

/** Debian keeps Postgres' programs out of PATH, one folder per major version. */
function postgresFolders() {
  const root = '/usr/lib/postgresql'
  return existsSync(root) ? readdirSync(root).map(version => join(root, version, 'bin')) : []
}
