/** AUDIT_CHECKPOINT_FILE: what a running server signs leaves the database, and a tail that is cut off there is missed by it. */
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { installationChain } from '../../provider/ports/audit-chain.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { changeRows, readRows } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp } from '../support/relying-party.ts'
import { newAddress, signUp } from '../support/sign-in.ts'
import { runLatchkey } from '../support/terminal.ts'

const file = join(tmpdir(), `latchkey-checkpoints-${newId()}`)
let latchkey: RunningLatchkey
const readLines = async () => (await readFile(file, 'utf8')).split('\n').filter(line => line !== '')
const verify = (...words: string[]) =>
  runLatchkey({ DATA_DIR: latchkey.dataDirectory, DATABASE_URL: latchkey.databaseUrl ?? '' }, [
    'audit',
    'verify',
    '--installation',
    ...words,
  ])

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp], on: 'postgres', environment: { AUDIT_CHECKPOINT_FILE: file } })
})
afterAll(async () => {
  await latchkey?.stop()
  await rm(file, { force: true })
})

it('grows by what is signed, over restarts, and shows what was cut off the end of the log', async () => {
  await signUp(latchkey, newAddress())
  // A stop seals and signs what is there.
  await latchkey.restart()
  const early = await readLines()
  expect(early.length).toBeGreaterThan(0)
  await signUp(latchkey, newAddress())
  await latchkey.restart()
  const late = await readLines()
  expect(late.slice(0, early.length)).toEqual(early)
  expect(late.length).toBeGreaterThan(early.length)
  expect(await verify('--checkpoints', file)).toMatchObject({
    exitCode: 0,
    output: expect.stringContaining('It agrees with the checkpoint signed at'),
  })

  const links = await readRows(latchkey, 'audit_links', `chain_id = '${installationChain}' order by position`)
  const cut = links.slice(5).map(row => `'${String(row['event_id'])}'`)
  expect(cut.length).toBeGreaterThan(0)
  const where = `chain_id = '${installationChain}'`
  await changeRows(latchkey, 'audit_events', `delete from latchkey.audit_events where id in (${cut.join()})`)
  await changeRows(latchkey, 'audit_links', `delete from latchkey.audit_links where ${where} and position > 5`)
  const head = `update latchkey.audit_chains set position = 5, checkpointed_position = 5, link = $1 where ${where}`
  await changeRows(latchkey, 'audit_chains', head, [links[4]?.['link']])
  await changeRows(latchkey, 'audit_checkpoints', `delete from latchkey.audit_checkpoints where ${where}`)
  expect((await verify()).output).toContain('No signed checkpoint covers it.')
  const said = await verify('--checkpoints', file)
  expect(said.exitCode).toBe(1)
  expect(said.output).toMatch(
    /The tail was cut off: the checkpoint that was signed at \S+ tells of \d+ events, and 5 are there\./,
  )
})
