import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openKeyFile } from '../../adapters/kms/key-file.ts'
import { StartError } from '../../provider/kernel/errors.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-key-file-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the key file', () => {
  const openAt = (path: string) => openKeyFile({ path })

  it('is made once, with its folder, for its owner alone, and leaves nothing beside it', async () => {
    const path = join(folder, 'data', 'master.key')
    await openAt(path)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const content = await readFile(path, 'utf8')
    await openAt(path)
    expect(await readFile(path, 'utf8')).toBe(content)
    expect(await readdir(join(folder, 'data'))).toEqual(['master.key'])
  })

  it('is one and the same for many first starts at once', async () => {
    const path = join(folder, 'master.key')
    const wrappers = await Promise.all(Array.from({ length: 20 }, () => openAt(path)))
    expect(new Set(wrappers.map(wrapper => wrapper.masterKeyName)).size).toBe(1)
    expect(await readdir(folder)).toEqual(['master.key'])
  })

  it.each(['640', '604', '620', '602', '610'])('is refused with mode %s, with the command that helps', async mode => {
    const path = join(folder, 'master.key')
    await openAt(path)
    await chmod(path, Number.parseInt(mode, 8))
    await expect(openAt(path)).rejects.toThrow(StartError)
    await expect(openAt(path)).rejects.toThrow(`chmod 600 '${path}'`)
  })

  it('is accepted read-only and through a link, as a mounted secret is', async () => {
    const path = join(folder, 'master.key')
    const made = await openAt(path)
    await chmod(path, 0o400)
    await symlink(path, join(folder, 'mounted'))
    const dataKey = randomBytes(32)
    const mounted = await openAt(join(folder, 'mounted'))
    expect(await mounted.unwrap(await made.wrap(dataKey, 'installation'), 'installation')).toEqual(dataKey)
  })

  it('is refused, left alone and never shown where it is damaged', async () => {
    const path = join(folder, 'master.key')
    await openAt(path)
    const good = await readFile(path, 'utf8')
    for (const damaged of [
      '',
      '\n',
      good.slice(0, -5),
      good.repeat(2),
      good.replace('key-1', 'key-2'),
      `${good}more`,
      good.replace(/.\n/, '!\n'),
      'x'.repeat(5000),
    ]) {
      await writeFile(path, damaged)
      const failure = await openAt(path).then(
        () => expect.fail('opened'),
        (error: unknown) => error,
      )
      expect(failure).toBeInstanceOf(StartError)
      expect(String(failure)).toContain('Restore it from your backup')
      expect(String(failure)).not.toContain(good.slice(25, 40))
      expect(await readFile(path, 'utf8')).toBe(damaged)
    }
  })

  it('is refused where it is a folder, or where it cannot be made', async () => {
    await mkdir(join(folder, 'directory'))
    await expect(openAt(join(folder, 'directory'))).rejects.toThrow('is not a file')
    await writeFile(join(folder, 'file'), '')
    await expect(openAt(join(folder, 'file', 'master.key'))).rejects.toThrow(StartError)
    await expect(openAt(join(folder, 'x'.repeat(250)))).rejects.toThrow('cannot be made')
  })
})
