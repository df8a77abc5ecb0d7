import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { lock } from 'proper-lockfile'
import { StartError } from '../../provider/kernel/errors.ts'
import { newSecret } from '../../provider/kernel/secrets.ts'

/** The right of one process to a directory. `held` becomes false where another one took it all the same. */
export interface DirectoryLock {
  readonly held: boolean
  release(): Promise<void>
}

/** Somebody else has the directory. */
export class DirectoryInUse extends StartError {}

interface Holder {
  host: string
  pid: number
  /** When the process began, where the system tells: the same number may come to mean another process. */
  started: string | undefined
  token: string
}

// A lock that was not renewed for so long is taken over, whoever held it. A holder known to be gone is not waited for.
const staleMilliseconds = 10_000
const giveUpMilliseconds = 12_000

/**
 * Locks a directory for this process. After a crash it is free again at once on the same machine, and after ten seconds on
 * another one that shares the directory. Rejects with DirectoryInUse where somebody else has it.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const holderFile = join(directory, 'holder.json')
  const lockFolder = join(directory, 'lock')
  const me: Holder = { host: hostname(), pid: process.pid, started: await readStart(process.pid), token: newSecret() }
  const tookOver = await makeWay(directory, holderFile, lockFolder)

  let held = true
  const deadline = Date.now() + giveUpMilliseconds
  let unlock: (() => Promise<void>) | undefined
  while (!unlock) {
    try {
      unlock = await lock(directory, {
        lockfilePath: lockFolder,
        stale: staleMilliseconds,
        update: 2_000,
        onCompromised: () => {
          held = false
        },
      })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ELOCKED')) throw error
      if ((await examine(holderFile)) === 'alive' || Date.now() > deadline) throw refuse(directory, error)
      await pause(250)
    }
  }

  const temporary = `${holderFile}.${me.token}`
  await writeFile(temporary, JSON.stringify(me), { mode: 0o600 })
  await rename(temporary, holderFile)
  if (tookOver) {
    // Another process may have judged the same holder dead at the same moment: the one whose name stays has it.
    await pause(50)
    if ((await readHolder(holderFile))?.token !== me.token) throw refuse(directory)
  }
  const release = unlock
  return {
    get held() {
      return held
    },
    release: async () => {
      if (!held) return
      held = false
      await rm(holderFile, { force: true })
      await release()
    },
  }
}

/** Removes the lock of a process of this machine that is gone. True where there was one. */
async function makeWay(directory: string, holderFile: string, lockFolder: string): Promise<boolean> {
  const state = await examine(holderFile)
  if (state === 'alive') throw refuse(directory)
  if (state !== 'dead') return false
  // Moved before it is removed: of several processes one moves it.
  const aside = `${lockFolder}.${newSecret()}`
  try {
    await rename(lockFolder, aside)
    await rm(aside, { recursive: true })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  return true
}

function refuse(directory: string, cause?: unknown): DirectoryInUse {
  return new DirectoryInUse(
    `${directory} is in use by another Latchkey process. The embedded database serves one process: stop the other one, or set DATABASE_URL`,
    { cause },
  )
}

async function examine(holderFile: string): Promise<'alive' | 'dead' | 'unknown'> {
  const holder = await readHolder(holderFile)
  // Another machine's processes cannot be seen from here.
  if (!holder || holder.host !== hostname()) return 'unknown'
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return 'dead'
  }
  return holder.started === (await readStart(holder.pid)) ? 'alive' : 'dead'
}

async function readHolder(holderFile: string): Promise<Holder | undefined> {
  try {
    // We wrote it, by rename: it is whole or not there.
    return JSON.parse(await readFile(holderFile, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

/** The moment at which a process began, in the kernel's ticks (proc(5), /proc/pid/stat, field 22). */
async function readStart(pid: number): Promise<string | undefined> {
  try {
    const fields = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in parentheses, and may itself hold spaces.
    return fields.slice(fields.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
