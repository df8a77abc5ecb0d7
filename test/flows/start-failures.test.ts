import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { build, buildFolder } from '../../config/tooling/build.mjs'
import { findFreePort } from '../support/servers.ts'

let directory: string
beforeAll(async () => {
  await build()
  directory = await mkdtemp(join(tmpdir(), 'latchkey-start-failures-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** What a process says that was started with these words. */
function start(words: string[], environment: Record<string, string>): Promise<{ code: unknown; said: string }> {
  return new Promise(resolve => {
    const env = { PATH: process.env['PATH'], DATA_DIR: directory, LOG_LEVEL: 'silent', ...environment }
    execFile(process.execPath, words, { env }, (error, output, complaint) => {
      resolve({ code: error?.code, said: `${output}${complaint}` })
    })
  })
}

it.each<[string, (nowhere: number) => Record<string, string>, RegExp]>([
  [
    'a setting is misspelt',
    () => ({ DATABASE_ULR: 'x' }),
    /^DATABASE_ULR: there is no such setting\. Did you mean DATABASE_URL\?\n$/,
  ],
  [
    'the database is away',
    port => ({ DATABASE_URL: `postgres://u:hunter2@127.0.0.1:${port}/x` }),
    /^DATABASE_URL: the database at \S+ cannot be used \(.*ECONNREFUSED.*\)\. .+\n$/,
  ],
  ['the port is no port', () => ({ PORT: '0' }), /^PORT: expected .+\n$/],
])('where %s, the server says so in one line, however it is started', async (_, environment, line) => {
  const settings = environment(await findFreePort())
  const bundle = await start([join(buildFolder, 'main.mjs')], settings)
  const command = await start([join(buildFolder, 'cli.mjs'), 'serve'], settings)
  expect(bundle).toEqual({ code: 1, said: expect.stringMatching(line) })
  expect(command).toEqual(bundle)
  expect(bundle.said).not.toContain('hunter2')
})
