import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Starts a program in a process group of its own, so that Ctrl-C reaches this process alone, which then ends its children in order.
 * @param {string} program
 * @param {string[]} programArguments
 * @param {import('node:child_process').SpawnOptions} options
 */
export function startProcess(program, programArguments, options) {
  return spawn(program, programArguments, { ...options, detached: true })
}

/** @param {import('node:child_process').ChildProcess} child */
export function isRunning(child) {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null
}

/**
 * Asks a process to end, and ends its whole group where it hasn't ended in time.
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} patienceMilliseconds
 */
export async function stopProcess(child, patienceMilliseconds) {
  if (!isRunning(child)) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await Promise.race([exited, sleep(patienceMilliseconds, undefined, { ref: false })])
  if (!isRunning(child)) return
  // The negative id names the group. Defined, because only a process that has an id is running.
  process.kill(-(/** @type {number} */ (child.pid)), 'SIGKILL')
  await exited
}

/**
 * Calls back once, at the first of the signals by which a person or a supervisor asks for the end.
 * @param {(signal: NodeJS.Signals) => void} callback
 */
export function onEndRequest(callback) {
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  let isRequested = false
  for (const signal of signals) {
    process.on(signal, () => {
      if (isRequested) return
      isRequested = true
      callback(signal)
    })
  }
}
