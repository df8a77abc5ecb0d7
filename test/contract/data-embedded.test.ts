import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openEmbedded } from '../../adapters/sql/embedded.ts'
import { lockDirectory } from '../../adapters/sql/embedded-lock.ts'

const writer = join(import.meta.dirname, '../support/programs/embedded-writer.ts')

interface Writer {
  process: ChildProcess
  /** What it has said so far. */
  lines: string[]
  /** Resolves when it has said so many lines, or ended. */
  saysLines(count: number): Promise<void>
  kill(signal: NodeJS.Signals): Promise<void>
}

describe('the embedded database and its directory', () => {
  let directory: string
  const writers: Writer[] = []
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'latchkey-embedded-'))
  })
  afterEach(async () => {
    await Promise.all(writers.splice(0).map(({ kill }) => kill('SIGKILL')))
    await rm(directory, { recursive: true, force: true })
  })

  function startWriter(): Writer {
    const child = spawn(process.execPath, [writer, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines: string[] = []
    let notify = () => {}
    createInterface({ input: child.stdout }).on('line', line => {
      lines.push(line)
      notify()
    })
    const ended = once(child, 'close').then(() => notify())
    const started: Writer = {
      process: child,
      lines,
      saysLines: async count => {
        while (lines.length < count && child.exitCode === null && child.signalCode === null) {
          await Promise.race([new Promise<void>(resolve => (notify = resolve)), ended])
        }
      },
      kill: async signal => {
        if (child.exitCode === null && child.signalCode === null) child.kill(signal)
        await ended
      },
    }
    writers.push(started)
    return started
  }

  async function readNames(): Promise<string[]> {
    const database = await openEmbedded({ directory })
    try {
      const { rows } = await database.read({ kind: 'system', reason: 'doctor' }, scope =>
        scope.query('select client_id from latchkey.apps'),
      )
      return rows.map(row => String(row['client_id']))
    } finally {
      await database.close()
    }
  }

  it('loses nothing that was acknowledged when its process is killed, and opens again at once', {
    timeout: 120_000,
  }, async () => {
    const acknowledged: string[] = []
    for (let round = 0; round < 3; round += 1) {
      const child = startWriter()
      await child.saysLines(20 + round * 7)
      await child.kill('SIGKILL')
      expect(child.lines[0]).toBe('open')
      // The last line may have been cut off in the middle.
      acknowledged.push(...child.lines.slice(1, -1))
    }
    expect(acknowledged.length).toBeGreaterThan(50)
    const kept = new Set(await readNames())
    expect(acknowledged.filter(name => !kept.has(name))).toEqual([])
  })

  it('refuses a second process on the same directory, in words for an operator', { timeout: 120_000 }, async () => {
    const first = startWriter()
    await first.saysLines(1)
    const second = startWriter()
    await second.saysLines(1)
    expect(second.lines[0]).toMatch(new RegExp(`^refused ${directory} is in use by another Latchkey process.*DATABASE_URL`))
    await expect(openEmbedded({ directory })).rejects.toThrow('is in use by another Latchkey process')

    // The first one never noticed.
    const before = first.lines.length
    await first.saysLines(before + 3)
    expect(first.lines.length).toBeGreaterThanOrEqual(before + 3)
  })

  it('lets one of several processes have it that start at the same moment, also after a crash', {
    timeout: 180_000,
  }, async () => {
    const crashed = startWriter()
    await crashed.saysLines(2)
    await crashed.kill('SIGKILL')
    const rivals = [startWriter(), startWriter(), startWriter()]
    await Promise.all(rivals.map(({ saysLines }) => saysLines(1)))
    const openings = rivals.filter(({ lines }) => lines[0] === 'open')
    expect(openings).toHaveLength(1)
    expect(rivals.filter(({ lines }) => lines[0]?.startsWith('refused'))).toHaveLength(2)
  })

  it('leaves no lock behind when it is closed', async () => {
    const database = await openEmbedded({ directory })
    await expect(openEmbedded({ directory })).rejects.toThrow('is in use by another Latchkey process')
    await database.close()
    expect(await readdir(directory)).toEqual(['data'])
    await expect(database.ping()).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('the lock of a directory', () => {
  it('of a process that was killed is free again at once, long before it is stale', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'latchkey-lock-'))
    const program = `import { lockDirectory } from ${JSON.stringify(join(import.meta.dirname, '../../adapters/sql/embedded-lock.ts'))}
      await lockDirectory(${JSON.stringify(directory)})
      process.stdout.write('locked')
      setInterval(() => {}, 1000)`
    const holder = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      await once(holder.stdout, 'data')
      await expect(lockDirectory(directory)).rejects.toThrow('is in use by another Latchkey process')
      const ended = once(holder, 'exit')
      holder.kill('SIGKILL')
      await ended
      const begun = performance.now()
      const lock = await lockDirectory(directory)
      expect(performance.now() - begun).toBeLessThan(5_000)
      expect(lock.held).toBe(true)
      await lock.release()
      expect(await readdir(directory)).toEqual([])
    } finally {
      holder.kill('SIGKILL')
      await rm(directory, { recursive: true, force: true })
    }
  })
})
