import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMailbox } from '../../adapters/mail/mailbox.ts'
import { messageTo } from '../support/mail.ts'

describe('the mailbox', () => {
  let directory: string
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'latchkey-mailbox-'))
  })
  afterAll(() => rm(directory, { recursive: true }))

  it('keeps mails across a restart, in files for the owner alone', async () => {
    const place = join(directory, 'restart')
    const message = messageTo('a@example.com')
    const before = await openMailbox({ directory: place })
    await before.send(message)
    await before.close()
    for (const name of await readdir(place)) expect((await stat(join(place, name))).mode & 0o777).toBe(0o600)
    expect((await stat(place)).mode & 0o777).toBe(0o700)

    const after = await openMailbox({ directory: place })
    const [listed] = await after.list()
    expect(listed).toMatchObject({ to: 'a@example.com', subject: message.subject, receivedAt: expect.any(Date) })
    expect(listed?.id).toMatch(/^[0-9a-f]{32}$/)
    expect(await after.find(listed?.id ?? '')).toEqual({ id: listed?.id, receivedAt: listed?.receivedAt, message })
  })

  it('keeps the 200 newest, newest first, on disk and in the list', async () => {
    const place = join(directory, 'bounded')
    const mailbox = await openMailbox({ directory: place })
    await Promise.all(Array.from({ length: 205 }, (_, at) => mailbox.send(messageTo('a@example.com', { subject: `mail ${at}` }))))
    const subjects = (await mailbox.list()).map(({ subject }) => subject)
    expect(subjects).toEqual(Array.from({ length: 200 }, (_, at) => `mail ${204 - at}`))
    expect(await readdir(place)).toHaveLength(200)
  })

  it('keeps a mail that was delivered twice once', async () => {
    const mailbox = await openMailbox({ directory: join(directory, 'twice') })
    const message = messageTo('a@example.com')
    await mailbox.send(message)
    await mailbox.send(message)
    expect(await mailbox.list()).toHaveLength(1)
  })

  it('gives nothing for an id that it did not make', async () => {
    await writeFile(join(directory, 'secret.json'), '{}')
    const mailbox = await openMailbox({ directory: join(directory, 'ids') })
    for (const id of ['../secret', '', '0'.repeat(32), '__proto__']) expect(await mailbox.find(id)).toBeUndefined()
  })

  it('opens past a file that was cut off, and clears away what was half written', async () => {
    const place = join(directory, 'damaged')
    await (await openMailbox({ directory: place })).send(messageTo('a@example.com'))
    await writeFile(join(place, `${'a'.repeat(32)}.json`), '{"receivedAt":"2030')
    await writeFile(join(place, `${'b'.repeat(32)}.json.part`), 'half')
    await writeFile(join(place, 'README'), 'not ours')
    const mailbox = await openMailbox({ directory: place })
    expect(await mailbox.list()).toHaveLength(1)
    expect((await readdir(place)).filter(name => name.endsWith('.part'))).toEqual([])
  })

  it('rejects where the disk takes nothing, so that the mail is tried again', async () => {
    const place = join(directory, 'gone')
    const mailbox = await openMailbox({ directory: place })
    await rm(place, { recursive: true })
    await expect(mailbox.send(messageTo('a@example.com'))).rejects.toThrow('ENOENT')
    expect(await mailbox.list()).toEqual([])
  })
})
