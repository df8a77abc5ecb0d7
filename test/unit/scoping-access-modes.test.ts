import { execFile } from 'node:child_process'
import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { auditAccessModes, type SystemFiles } from '../scoping/access-modes.ts'
import { parseSource, readSources } from '../scoping/finding.ts'
import { systemFiles } from '../scoping/system-files.ts'

const root = join(import.meta.dirname, '../..')

function audit(files: Record<string, string>, allowed: readonly SystemFiles[] = []): string[] {
  const sources = Object.entries(files).map(([path, text]) => parseSource(path, text))
  return auditAccessModes(sources, allowed).findings.map(({ place, problem }) => `${place} ${problem}`)
}

const importRoute = `import { route } from '../http/route.ts'\n`
const forSignIn = (file: string): SystemFiles[] => [{ reason: 'sign-in', why: 'a reason', files: [file] }]

it('finds nothing to mend in the product, and found all of it', () => {
  const { findings, routes, accesses, jobs } = auditAccessModes(readSources(root), systemFiles)
  expect(findings).toEqual([])
  expect([routes > 20, accesses > 80, jobs > 1]).toEqual([true, true, true])
})

it.each([
  ["route({ method: 'GET', path: '/a', access: 'public', limits: [], handler })", 'the route /a names no access mode'],
  ["route({ path: '/a', mode: undefined })", 'the route /a names no access mode'],
  ["route({ path: '/a', mode: 'everything' })", 'the route /a names no access mode'],
  ["route({ path: '/a', mode: { system: 'convenience' } })", 'the route /a names no access mode'],
  ["route({ path: '/a', mode: { system: reason } })", 'the route /a names no access mode'],
  ["route({ path: '/a', ...options })", 'the route /a names no access mode'],
  ['route(declaration)', 'a route names no access mode'],
])('sees the unscoped route in %s', (text, problem) => {
  expect(audit({ 'provider/users/a.ts': `${importRoute}${text}` })).toEqual([
    expect.stringContaining(`provider/users/a.ts:2 ${problem}`),
  ])
})

it.each([
  "route({ path: '/a', mode: 'self' })",
  "route({ path: '/a', mode: 'no-data' })",
  "const of = { mode: 'self' } as const\nroute({ path: '/a', ...of })",
])('is content with %s', text => {
  expect(audit({ 'provider/users/a.ts': `${importRoute}${text}` })).toEqual([])
})

it.each([
  'data.scoped(undefined, work)',
  'adapters.data.read({}, work)',
  "data.read({ kind: 'everything' }, work)",
  'data.scoped(everything, work)',
  'const mode = anything()\ndata.scoped(mode, work)',
  'const { scoped } = data\nscoped({ kind } as AccessMode, work)',
  "import { mode } from './b.ts'\ndata.read(mode, work)",
  'database.transaction(scope, work)',
])('sees the access to data without a mode in %s', text => {
  expect(audit({ 'provider/users/a.ts': text })).toEqual([expect.stringContaining('is called without a named access mode')])
})

it.each([
  "data.scoped({ kind: 'self', userId }, work)",
  "const own = { kind: 'self', userId } as const satisfies AccessMode\ndata.read(own, work)",
  'const show = (mode: AccessMode) => data.read(mode, work)',
  'data.read(input.mode, work)',
])('follows the mode in %s', text => {
  expect(audit({ 'provider/users/a.ts': text })).toEqual([])
})

it('lets nobody be the system but files of the list, each for its reasons', () => {
  const text = "data.read({ kind: 'system', reason: 'sign-in' }, work)"
  const path = 'provider/users/a.ts'
  expect(audit({ [path]: text })).toEqual([expect.stringContaining('acts as the system')])
  expect(audit({ [path]: text }, forSignIn(path))).toEqual([])
  const otherwise = audit({ [path]: text.replace('sign-in', 'job') }, forSignIn(path))
  expect(otherwise).toEqual([expect.stringContaining("for the reason 'job'"), expect.stringContaining('may act as the system')])
  const handedIn = audit({ [path]: "data.read({ kind: 'system', reason }, work)" }, forSignIn(path))
  expect(handedIn).toEqual([expect.stringContaining('a reason that is handed in'), expect.stringContaining('does not')])
  const asRoute = { [path]: `${importRoute}route({ path: '/a', mode: { system: 'sign-in' } })` }
  expect(audit(asRoute)).toEqual([expect.stringContaining('acts as the system')])
})

it('takes a mode that a maker of routes hands on, and the system where it is handed in', () => {
  const maker = `${importRoute}export const make = (mode: RouteMode) => route({ path: '/a', mode })`
  const files = { 'provider/users/a.ts': maker, 'provider/users/b.ts': "make({ system: 'sign-in' })" }
  expect(audit(files, forSignIn('provider/users/b.ts'))).toEqual([])
  expect(audit(files)).toEqual([expect.stringMatching(/^provider\/users\/b\.ts:1 acts as the system/)])
  const unnamed = { 'provider/users/a.ts': `${importRoute}const mode = everything()\nroute({ path: '/a', mode })` }
  expect(audit(unnamed)).toEqual([expect.stringContaining('names no access mode')])
})

it('follows a system mode that another file exports', () => {
  const files = {
    'provider/users/a.ts': "export const everywhere = { kind: 'system', reason: 'sign-in' } as const",
    'provider/users/b.ts': "import { everywhere } from './a.ts'\ndata.read(everywhere, work)",
  }
  expect(audit(files, forSignIn('provider/users/a.ts'))).toEqual([
    expect.stringMatching(/^provider\/users\/b\.ts:1 acts as the system/),
  ])
})

it('sees what is on the list without need', () => {
  expect(audit({}, forSignIn('provider/users/gone.ts'))).toEqual([expect.stringContaining('is not there any more')])
})

it('sees a job whose handler names no mode', () => {
  const start = "import { handle } from './handle.ts'\njobRunner.work('mail', handle({ data }))"
  const handled = (text: string) => audit({ 'provider/jobs.ts': start, 'provider/handle.ts': text }, [])
  expect(handled('export const handle = () => async () => {}')).toEqual([
    expect.stringContaining("the job 'mail' names no access mode"),
  ])
  expect(handled("export const handle = () => data.scoped({ kind: 'self', userId }, work)")).toEqual([])
})

it('fails as a command on a tree with an unscoped route, and says where', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'latchkey-scoping-'))
  try {
    for (const folder of ['provider', 'adapters', 'views', 'config'])
      await cp(join(root, folder), join(copy, folder), { recursive: true })
    const command = join(root, 'test/scoping/audit-accessmode-scoping.ts')
    const run = () => promisify(execFile)(process.execPath, [command, copy])
    expect((await run()).stdout).toContain('nothing to mend')
    await appendFile(join(copy, 'provider/doctor/routes.ts'), "\nexport const open = route({ method: 'GET', path: '/open' })\n")
    await expect(run()).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/provider\/doctor\/routes\.ts:\d+\n.*\/open names no access mode/),
    })
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
})
