/**
 * What V8 is told to make do with while the audit log is walked through. A log of any length takes it one page at a time, and what
 * else it would keep, where the machine has room for that, is garbage.
 */
const forAudit = ['--max-semi-space-size=8', '--max-old-space-size=256']

/**
 * @param {readonly string[]} words what the command line is asked for
 * @returns {readonly string[]} flags for the Node that runs it
 */
export function memoryFlags(words) {
  return words[0] === 'audit' ? forAudit : []
}
