import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { secondsAfter } from '../../provider/kernel/clock.ts'
import { withDurable } from '../support/opened-durable.ts'
import { createUser, createWorkspace } from '../support/records.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { runLatchkey } from '../support/terminal.ts'

let database: TestDatabase
let environment: Record<string, string>

beforeAll(async () => {
  database = await createTestDatabase()
  environment = { DATA_DIR: await mkdtemp(join(tmpdir(), 'latchkey-keys-')), DATABASE_URL: database.url }
  await runLatchkey(environment, ['migrate'])
})

afterAll(async () => {
  await database.drop()
  await rm(environment['DATA_DIR'] ?? '', { recursive: true, force: true })
})

async function latchkeyJson(...words: string[]): Promise<unknown> {
  const { exitCode, output, complaint } = await runLatchkey(environment, [...words, '--json'])
  expect({ exitCode, complaint }).toEqual({ exitCode: 0, complaint: '' })
  return JSON.parse(output)
}

describe('signing keys', () => {
  test('the first signs at once, the next one after an hour', async () => {
    expect((await runLatchkey(environment, ['keys', 'list'])).output).toContain('The first start makes one.')
    const first = await latchkeyJson('keys', 'rotate')
    const next = await latchkeyJson('keys', 'rotate')
    expect([first, next]).toMatchObject([{ use: 'signs', algorithm: 'ES256' }, { use: 'next' }])
    expect(await latchkeyJson('keys', 'list')).toMatchObject([{ use: 'next' }, { use: 'signs' }])

    const later = await runLatchkey(environment, ['keys', 'list'], () => secondsAfter(new Date(), 2 * 3600))
    const [header, ...lines] = later.output.split('\n')
    expect(header).toMatch(/^KEY +ALGORITHM +SIGNS FROM +PUBLISHED UNTIL +NOW IT$/)
    expect(lines.map(line => line.split(/ {2,}/).at(-1))).toEqual(['signs now', 'verifies what it has signed'])
  })

  test('one that was stolen ends at once, with those before it, and what that means is said', async () => {
    const said = await runLatchkey(environment, ['keys', 'rotate', '--now'])
    expect(said).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^The key \S+ \(ES256\) signs from now on\./) })
    expect(said.complaint).toMatch(/^Every token that an older key has signed is refused from now on/)
    expect(await latchkeyJson('keys', 'list')).toMatchObject([{ use: 'signs' }, { use: 'ended' }, { use: 'ended' }])
  })

  test('an old one stays published for as long as the settings let sessions live', async () => {
    const year = { ...environment, SESSION_MAX_SECONDS: String(366 * 86_400) }
    expect(await runLatchkey(year, ['keys', 'rotate'])).toMatchObject({ exitCode: 0 })
    const [, old] = (await latchkeyJson('keys', 'list')) as Array<{ use: string; retires_at: string }>
    expect(old?.use).toBe('signs')
    expect(new Date(old?.retires_at ?? 0).getTime()).toBeGreaterThan(secondsAfter(new Date(), 366 * 86_400).getTime())
  })

  test('nothing of the private key is shown', async () => {
    expect(Object.keys(((await latchkeyJson('keys', 'list')) as object[])[0] ?? {})).toEqual([
      'kid',
      'algorithm',
      'use',
      'created_at',
      'signs_from',
      'retires_at',
    ])
  })
})

describe('data keys', () => {
  test('of one person, of one workspace, of everybody: each is asked for once, and the servers do the rest', async () => {
    const none = { requested: 0, published: 0, events: 0, resealed: 0 }
    expect(await latchkeyJson('keys', 'rotate-data', '--status')).toEqual(none)
    const [user, workspace] = await withDurable(environment, async ({ data }) => [
      await createUser(data),
      await createWorkspace(data),
    ])
    expect(await latchkeyJson('keys', 'rotate-data', '--user', user.id)).toEqual({ ...none, requested: 1 })
    expect(await latchkeyJson('keys', 'rotate-data', '--workspace', workspace.slug)).toEqual({ ...none, requested: 2 })
    await withDurable(environment, ({ data }) => createUser(data))
    expect(await latchkeyJson('keys', 'rotate-data', '--all')).toEqual({ ...none, requested: 3 })
    expect(await runLatchkey(environment, ['keys', 'rotate-data', '--user', user.id])).toMatchObject({
      exitCode: 1,
      complaint: expect.stringContaining('it is being renewed already'),
    })
  })

  test.each([[['--workspace', 'nobody-has-this']], [['--user', 'x']]])('nobody is told apart from nothing: %s', async words => {
    expect(await runLatchkey(environment, ['keys', 'rotate-data', ...words])).toMatchObject({ exitCode: 1 })
  })

  test.each([[[]], [['--all', '--status']], [['--user', 'x', '--workspace', 'y']]])(
    'what is not one wish is not understood: %s',
    async words => {
      expect(await runLatchkey(environment, ['keys', 'rotate-data', ...words])).toMatchObject({ exitCode: 2 })
    },
  )
})
