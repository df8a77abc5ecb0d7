import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { link, mkdir, open, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { decrypt, encrypt } from '../../provider/kernel/encryption.ts'
import { StartError } from '../../provider/kernel/errors.ts'
import type { KeyWrapper } from '../../provider/ports/key-wrapper.ts'
import { fingerprintBytes, nameKeyFile, readWrappedForm, takeCiphertext, writeKeyFileForm } from './wrapped-form.ts'

/*
 * The file is one line: a label with the version of the format, and 256 random bits in base64url.
 * What it wraps is what `encrypt` makes, with the owner as additional data. A fingerprint is how an operator is told which key
 * file a backup needs.
 */
const fileLabel = 'latchkey-master-key-1:'
const fileFormat = /^latchkey-master-key-1:([A-Za-z0-9_-]{43})\r?\n?$/
const fileBytesAtMost = 128

/**
 * The master key in a local file, made at first use unless it has to exist, and readable by its owner alone. Whoever loses the file loses everything
 * that was encrypted; whoever has file and database can read it. Rejects with StartError where the file cannot be trusted.
 */
export async function openKeyFile(options: { path: string; mustExist?: boolean }): Promise<KeyWrapper> {
  const path = resolve(options.path)
  const found = await readMasterKey(path)
  if (!found && options.mustExist) throw new StartError(`There is no master key file at ${path}. Check KMS_OTHER_URL.`)
  const masterKey = found ?? (await makeMasterKey(path))
  const fingerprint = fingerprintOf(masterKey)
  const name = nameKeyFile(fingerprint)
  const masterKeyName = `key file ${path} (fingerprint ${fingerprint.toString('hex')})`

  return {
    masterKeyName,

    async wrap(dataKey, context) {
      return writeKeyFileForm(fingerprint, encrypt(masterKey, dataKey, context))
    },

    async unwrap(wrapped, context) {
      return decrypt(masterKey, takeCiphertext(wrapped, name, masterKeyName), context)
    },

    hasWrapped: wrapped => readWrappedForm(wrapped)?.masterKey === name,

    async close() {},
  }
}

/** Yields nothing about the key: a keyed hash of a fixed text, cut short. */
function fingerprintOf(masterKey: KeyObject): Buffer {
  return createHmac('sha256', masterKey).update('latchkey master key fingerprint').digest().subarray(0, fingerprintBytes)
}

/** Undefined where there is no file. Looks at the opened file, not at the path, so that nothing can be exchanged in between. */
async function readMasterKey(path: string): Promise<KeyObject | undefined> {
  // Non-blocking, so that a named pipe in its place is refused rather than waited for.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new StartError(
      `The master key file ${path} cannot be opened (${codeOf(error)}). The user that runs Latchkey has to own it.`,
      { cause: error },
    )
  })
  if (!file) return undefined
  try {
    const status = await file.stat()
    if (!status.isFile())
      throw new StartError(`The master key file ${path} is not a file. Name a file, or move away what is in its place.`)
    // Windows keeps no such mode; there the folder's access list decides.
    if (process.platform !== 'win32' && (status.mode & 0o077) !== 0) {
      throw new StartError(
        `The master key file ${path} can be used by others (mode ${(status.mode & 0o777).toString(8)}). Run: chmod 600 '${path}'`,
      )
    }
    const content = await file.read(Buffer.alloc(fileBytesAtMost), 0, fileBytesAtMost, 0)
    const encoded = fileFormat.exec(content.buffer.toString('latin1', 0, content.bytesRead))?.[1]
    const key = Buffer.from(encoded ?? '', 'base64url')
    if (key.length !== 32) {
      throw new StartError(
        `The master key file ${path} is damaged: it should be one line, "${fileLabel}" and 43 characters. Restore it from your backup. ` +
          'If this installation has no data yet, delete the file and start again.',
      )
    }
    return createSecretKey(key)
  } finally {
    await file.close()
  }
}

/**
 * Written whole under another name and then linked, because a link never replaces a file and never shows half of one: of two
 * first starts one wins, and a crash leaves either no key file or a good one.
 */
async function makeMasterKey(path: string): Promise<KeyObject> {
  const folder = dirname(path)
  const draft = `${path}.${randomBytes(8).toString('hex')}.draft`
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    try {
      await writeDraft(draft)
      await linkUnlessThere(draft, path)
    } finally {
      await rm(draft, { force: true })
    }
    await makeDurable(folder)
  } catch (error) {
    throw new StartError(
      `The master key file ${path} cannot be made (${codeOf(error)}). Its folder has to be writable, on a disk that knows hard links.`,
      { cause: error },
    )
  }
  const key = await readMasterKey(path)
  if (!key) throw new StartError(`The master key file ${path} vanished while it was being made. Start again.`)
  return key
}

async function linkUnlessThere(draft: string, path: string): Promise<void> {
  await link(draft, path).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error
  })
}

async function writeDraft(path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(`${fileLabel}${randomBytes(32).toString('base64url')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A new name survives a power failure only once its folder is written; Windows cannot do that, and needn't. */
async function makeDurable(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** As node:fs names what went wrong. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
