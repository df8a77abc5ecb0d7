import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findLockFileProblems } from '../../config/tooling/check-lock-file.mjs'
import { isInstalled } from '../../config/tooling/ensure-installed.mjs'
import { readLatchkeyAddress } from '../../config/tooling/latchkey-address.mjs'
import { endProcesses, findProcesses } from '../../config/tooling/test-processes.mjs'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-tooling-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

describe('the lock file', () => {
  const sound = { version: '1.2.3', integrity: 'sha512-abc' }

  it('of this project has nothing wrong with it', () => {
    expect(findLockFileProblems(JSON.parse(readFileSync('package-lock.json', 'utf8')))).toEqual([])
  })

  it.each([
    { what: 'no version', entry: { integrity: 'sha512-abc' } },
    { what: 'a weak hash', entry: { version: '1.2.3', integrity: 'sha1-abc' } },
    { what: 'no hash', entry: { version: '1.2.3' } },
    { what: 'an address', entry: { ...sound, resolved: 'https://registry.example/a.tgz' } },
    { what: 'a link', entry: { ...sound, link: true } },
    { what: 'a platform left out', entry: { ...sound, optionalDependencies: { 'b-linux': '1.0.0' } } },
  ])('is refused with $what', ({ entry }) => {
    expect(
      findLockFileProblems({ packages: { 'node_modules/a': entry, 'node_modules/c/node_modules/b-linux': sound } }),
    ).toHaveLength(1)
  })

  it.each(['node_modules/b-linux', 'node_modules/a/node_modules/b-linux'])('has a platform where Node looks for it: %s', path => {
    const packages = { 'node_modules/a': { ...sound, optionalDependencies: { 'b-linux': '1.0.0' } }, [path]: sound }
    expect(findLockFileProblems({ packages })).toEqual([])
  })
})

describe('npm start', () => {
  it.each([
    { variables: {}, issuer: 'http://localhost:3000', port: 3000 },
    { variables: { PORT: '4100' }, issuer: 'http://localhost:4100', port: 4100 },
    // Not 3000: it is where a browser looks for that address.
    { variables: { ISSUER: 'http://localhost' }, issuer: 'http://localhost', port: 80 },
    { variables: { ISSUER: 'http://localhost:4200', PORT: '4300' }, issuer: 'http://localhost:4200', port: 4300 },
  ])('looks for Latchkey where Latchkey serves: $variables', ({ variables, issuer, port }) => {
    expect(readLatchkeyAddress(process.execPath, variables)).toEqual({ issuer, port, hasMailbox: true })
  })

  it('says at once what is wrong with a setting, as Latchkey would', () => {
    expect(() => readLatchkeyAddress(process.execPath, { PORT: 'x' })).toThrow(
      'PORT: expected a port from 1 to 65535, was given "x".',
    )
  })
})

describe('an installation', () => {
  const wanted = {
    '': {},
    'node_modules/a': { integrity: 'sha512-a' },
    'node_modules/b': { integrity: 'sha512-b', optional: true },
  }

  it.each([
    { what: 'all of it', there: wanted, answer: true },
    { what: 'all but what is for other platforms', there: { 'node_modules/a': { integrity: 'sha512-a' } }, answer: true },
    { what: 'an older package', there: { 'node_modules/a': { integrity: 'sha512-older' } }, answer: false },
    { what: 'too little', there: {}, answer: false },
    { what: 'too much', there: { ...wanted, 'node_modules/c': { integrity: 'sha512-c' } }, answer: false },
    { what: 'nothing', there: undefined, answer: false },
  ])('with $what is complete: $answer', ({ there, answer }) => {
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: wanted }))
    mkdirSync(join(folder, 'node_modules'))
    if (there) writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages: there }))
    expect(isInstalled(folder)).toBe(answer)
  })
})

describe.runIf(process.platform === 'linux')('what a test run leaves behind', () => {
  it('is found and ended, also when its parent is gone and it has forgotten its environment', async () => {
    // A shell that starts another one in the folder, and goes.
    spawn('sh', ['-c', 'exec env -i sh -c "sleep 60 & exit"'], { cwd: folder, stdio: 'ignore' })
    await expect.poll(() => findProcesses(folder).map(({ command }) => command)).toEqual(['sleep 60'])
    expect(await endProcesses(folder, 100)).toHaveLength(1)
    expect(findProcesses(folder)).toEqual([])
  })

  it('is nothing where all has ended', async () => {
    expect(await endProcesses(folder)).toEqual([])
  })
})
