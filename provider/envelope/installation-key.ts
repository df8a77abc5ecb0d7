import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { AppError, StartError } from '../kernel/errors.ts'
import type { InstallationKeys, KeyWrapper } from '../ports/key-wrapper.ts'
import { dataKeyBytes, newKeyBytes } from './key-bytes.ts'
import { wrappingContextOf } from './wrapping-context.ts'

const context = wrappingContextOf({ kind: 'installation' })

/**
 * The installation's one key, made at the very first start. Of two first starts one wins, and both go on with the winner's.
 * Rejects with StartError where the key wrapper cannot unwrap it, or is away: nothing can be read without it.
 */
export async function openInstallationKey(keyWrapper: KeyWrapper, installationKeys: InstallationKeys): Promise<InstallationKey> {
  const wrapped = (await installationKeys.find()) ?? (await installationKeys.insertIfAbsent(await wrap(keyWrapper)))
  const secret = await unwrap(keyWrapper, wrapped)
  return { derive: purpose => createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `latchkey ${purpose}`, dataKeyBytes))) }
}

/** Never used itself: each purpose has a key of its own, derived from it (HKDF, RFC 5869), so that no two can be played against each other. */
export interface InstallationKey {
  derive(purpose: string): KeyObject
}

async function wrap(keyWrapper: KeyWrapper): Promise<Buffer> {
  return keyWrapper.wrap(newKeyBytes(), context).catch((cause: unknown) => {
    throw cause instanceof AppError ? away(keyWrapper, cause) : cause
  })
}

async function unwrap(keyWrapper: KeyWrapper, wrapped: Buffer): Promise<KeyObject> {
  const bytes = await keyWrapper.unwrap(wrapped, context).catch((cause: unknown) => {
    if (cause instanceof AppError) throw away(keyWrapper, cause)
    throw cause instanceof StartError ? cause : damaged(keyWrapper, cause)
  })
  if (bytes.length !== dataKeyBytes) throw damaged(keyWrapper)
  return createSecretKey(bytes)
}

function damaged(keyWrapper: KeyWrapper, cause?: unknown): StartError {
  return new StartError(
    `The installation's key in the database cannot be unwrapped by ${keyWrapper.masterKeyName}: it is damaged. Restore the database from a backup.`,
    { cause },
  )
}

function away({ masterKeyName }: KeyWrapper, { cause }: AppError): StartError {
  const reason = cause instanceof Error ? cause.message.replaceAll(/\s+/g, ' ') : 'no reason given'
  return new StartError(
    `A start needs ${masterKeyName}, which cannot be reached (${reason}). Nothing was changed: start again when it is back.`,
    {
      cause,
    },
  )
}
