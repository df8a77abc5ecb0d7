/** The first call of the management API, typed as README.md prints it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { runLatchkey } from '../support/terminal.ts'

const project = join(import.meta.dirname, '../..')

let latchkey: RunningLatchkey
let directory: string
let environment: Record<string, string>

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [], on: 'postgres' })
  environment = {
    ISSUER: latchkey.issuer,
    DATA_DIR: latchkey.dataDirectory,
    DATABASE_URL: latchkey.databaseUrl ?? '',
  }
  directory = await mkdtemp(join(tmpdir(), 'latchkey-readme-'))
  // The project's own scripts, from another folder: what the example writes does not lie about in the tree.
  const { scripts } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'))
  const command = scripts.latchkey.replace('node ', `node ${project}/`)
  await writeFile(join(directory, 'package.json'), JSON.stringify({ private: true, scripts: { latchkey: command } }))
})
afterAll(async () => {
  await latchkey?.stop()
  await rm(directory, { recursive: true, force: true })
})

/** The blocks of shell in the README's part on the management API, up to its first heading, in order. */
async function readBlocks(): Promise<string[]> {
  const readme = await readFile(join(project, 'README.md'), 'utf8')
  const [, part = ''] = /^## Management API$([\s\S]*?)^###? /m.exec(readme) ?? []
  return [...part.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
}

async function type(block: string): Promise<{ exitCode: number; output: string; complaint: string }> {
  const child = spawn('sh', ['-e', '-u'], { cwd: directory, env: { PATH: process.env['PATH'], ...environment } })
  let output = ''
  let complaint = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  child.stdin.end(block)
  const [exitCode] = await once(child, 'close')
  return { exitCode, output, complaint }
}

it('answers the workspaces to whoever copies it, and leaves its secrets to nobody else', { timeout: 120_000 }, async () => {
  await runLatchkey(environment, ['workspace', 'create', '--name', 'Acme', '--slug', 'acme', '--admin', 'ada@example.com'])
  const [register = '', call = '', ...more] = await readBlocks()
  expect(more).toEqual([])

  expect(await type(register)).toEqual({ exitCode: 0, output: '', complaint: '' })
  const answer = await type(call)

  expect(answer.exitCode, answer.complaint).toBe(0)
  expect(JSON.parse(answer.output).items).toEqual([expect.objectContaining({ slug: 'acme', name: 'Acme' })])
  for (const file of ['operator.json', 'token.json']) {
    expect((await stat(join(directory, file))).mode & 0o777, file).toBe(0o600)
  }
})
