import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

interface ProcessStat {
  pid: number
  parent: number
  /** Clock ticks, own and of children that ended and were waited for. */
  ticks: number
}

function readStat(pid: number): ProcessStat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command name may hold blanks and parentheses: fields are counted from the last one (proc(5)).
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [parent = 0] = fields.slice(1, 2)
    const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0)
    return { pid, parent, ticks }
  } catch {
    return undefined // ended between the listing and the reading; its ticks are its parent's by now
  }
}

/** A process and everything below it that is alive. */
function tree(root: number): ProcessStat[] {
  const all = readdirSync('/proc')
    .map(Number)
    .filter(pid => pid > 0)
    .flatMap(pid => readStat(pid) ?? [])
  const found = all.filter(stat => stat.pid === root)
  for (const { pid } of found) found.push(...all.filter(stat => stat.parent === pid))
  return found
}

/** CPU milliseconds, user and system, that a process tree has used since it began. */
export function cpuMilliseconds(root: number): number {
  return (tree(root).reduce((sum, stat) => sum + stat.ticks, 0) * 1000) / ticksPerSecond
}

/** Resident bytes of a process tree; pages that several processes share are divided among them (PSS). */
export function residentBytes(root: number): number {
  let kilobytes = 0
  for (const { pid } of tree(root)) {
    try {
      const [, pss] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? []
      kilobytes += Number(pss ?? 0)
    } catch {
      // ended in between
    }
  }
  return kilobytes * 1024
}
