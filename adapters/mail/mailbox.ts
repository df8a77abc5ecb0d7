import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { StartError } from '../../provider/kernel/errors.ts'
import type { Mailbox, MailMessage } from '../../provider/ports/mailer.ts'
import { checkMessage } from './check-message.ts'

const maximumMails = 200

const keptMail = z.object({
  receivedAt: z.iso.datetime(),
  message: z.object({
    messageId: z.string(),
    to: z.object({ name: z.string(), address: z.string() }),
    subject: z.string(),
    text: z.string(),
    html: z.string(),
    language: z.string(),
  }),
})

interface Entry {
  id: string
  receivedAt: Date
  to: string
  subject: string
  messageId: string
}

/**
 * Keeps mails as files of mode 0600 in `directory`, of which it is the only user: the 200 newest, across restarts. A mail that
 * `send` has resolved for is on disk. The same Message-ID sent again takes the place of the one before.
 */
export async function openMailbox({ directory }: { directory: string }): Promise<Mailbox> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  /** Newest first. */
  let entries = await readEntries(directory)
  let writing: Promise<unknown> = Promise.resolve()

  const pathOf = (id: string) => join(directory, `${id}.json`)

  async function keep(message: MailMessage): Promise<void> {
    const id = randomBytes(16).toString('hex')
    const receivedAt = new Date()
    await writeDurably(directory, pathOf(id), JSON.stringify({ receivedAt: receivedAt.toISOString(), message }))
    const { messageId, subject, to } = message
    const others = entries.filter(entry => entry.messageId !== messageId)
    const gone = [...entries.filter(entry => entry.messageId === messageId), ...others.slice(maximumMails - 1)]
    entries = [{ id, receivedAt, to: to.address, subject, messageId }, ...others.slice(0, maximumMails - 1)]
    await Promise.all(gone.map(entry => rm(pathOf(entry.id), { force: true })))
  }

  return {
    async send(given) {
      const message = checkMessage(given)
      // One after the other, so that the number of files stays what the list says.
      const turn = writing.then(() => keep(message))
      writing = turn.catch(() => {})
      await turn
    },
    async verify() {},
    async close() {
      await writing
    },
    async list() {
      return entries.map(({ id, receivedAt, to, subject }) => ({ id, receivedAt, to, subject }))
    },
    async find(id) {
      // Only an id that is in the list becomes part of a path.
      const entry = entries.find(candidate => candidate.id === id)
      const mail = entry && (await readMail(pathOf(entry.id)))
      return mail && { id, ...mail }
    },
  }
}

async function readEntries(directory: string): Promise<Entry[]> {
  const names = await readdir(directory)
  const leftovers = names.filter(name => name.endsWith('.part'))
  await Promise.all(leftovers.map(name => rm(join(directory, name), { force: true })))
  const entries: Entry[] = []
  for (const name of names) {
    const id = /^([0-9a-f]{32})\.json$/.exec(name)?.[1]
    const mail = id === undefined ? undefined : await readMail(join(directory, name))
    if (id === undefined || mail === undefined) continue
    const { messageId, subject, to } = mail.message
    entries.push({ id, receivedAt: mail.receivedAt, to: to.address, subject, messageId })
  }
  return entries.toSorted((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime())
}

async function readMail(path: string): Promise<{ receivedAt: Date; message: MailMessage } | undefined> {
  try {
    const { receivedAt, message } = keptMail.parse(JSON.parse(await readFile(path, 'utf8')))
    return { receivedAt: new Date(receivedAt), message }
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof z.ZodError) return undefined
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw new StartError(`The mailbox file ${path} cannot be read.`, { cause })
  }
}

/** Whole or not at all, also after a loss of power: the content is on disk before the name is. */
async function writeDurably(directory: string, path: string, content: string): Promise<void> {
  const part = `${path}.part`
  const file = await open(part, 'w', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(part, path)
  // Windows opens no directories, and needs no such flush.
  if (process.platform === 'win32') return
  const folder = await open(directory, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
