import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** @typedef {{ id: number, command: string }} Process */

/**
 * The processes that a test run has started and that still live, also those whose parent is gone: they carry the run's folder in
 * their environment, their command line or their working folder. (A Postgres overwrites its environment, a Redis its command line.)
 * Found through /proc; where there is none, nothing is found.
 * @param {string} folder
 * @returns {Process[]}
 */
export function findProcesses(folder) {
  const ids = readOrNothing(() => readdirSync('/proc'), [])
    .map(Number)
    .filter(Number.isInteger)
  return ids.flatMap(id => {
    if (id === process.pid) return []
    const command = readOrNothing(() => readFileSync(`/proc/${id}/cmdline`, 'utf8'), '')
      .replaceAll('\0', ' ')
      .trim()
    const traces = [
      command,
      readOrNothing(() => readFileSync(`/proc/${id}/environ`, 'utf8'), ''),
      readOrNothing(() => readlinkSync(`/proc/${id}/cwd`), ''),
    ]
    return traces.some(trace => trace.includes(folder)) ? [{ id, command }] : []
  })
}

/**
 * Ends what a run has left behind, and answers what that was. What is about to end by itself is given a moment.
 * @param {string} folder
 * @returns {Promise<Process[]>}
 */
export async function endProcesses(folder, patienceMilliseconds = 3000) {
  const patience = Date.now() + patienceMilliseconds
  while (findProcesses(folder).length > 0 && Date.now() < patience) await sleep(50)
  const left = findProcesses(folder)
  // SIGQUIT first: Postgres then gives its memory back to the system.
  for (const { id } of left) signal(id, 'SIGQUIT')
  if (left.length > 0) await sleep(500)
  for (const { id } of findProcesses(folder)) signal(id, 'SIGKILL')
  // What was killed takes a moment to be gone.
  const end = Date.now() + 2000
  while (findProcesses(folder).length > 0 && Date.now() < end) await sleep(20)
  return left
}

/**
 * @param {number} id
 * @param {NodeJS.Signals} name
 */
function signal(id, name) {
  readOrNothing(() => process.kill(id, name), false)
}

/**
 * A process may end, or belong to somebody else, between one look and the next.
 * @template Value
 * @param {() => Value} read
 * @param {Value} nothing
 */
function readOrNothing(read, nothing) {
  try {
    return read()
  } catch {
    return nothing
  }
}
