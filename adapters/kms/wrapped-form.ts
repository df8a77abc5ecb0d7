import { StartError } from '../../provider/kernel/errors.ts'

/*
 * A wrapped key says which master key it needs, so that an operator can be told:
 * 1 | fingerprint of the key file (8 bytes) | ciphertext        what a key file wrapped
 * 2 | length of the name | the name | ciphertext                what a service wrapped, under the key of that name
 */
const byKeyFile = 1
const byService = 2

export const fingerprintBytes = 8

interface WrappedForm {
  /** The master key that it needs, as operators know it. */
  masterKey: string
  ciphertext: Buffer
}

export function nameKeyFile(fingerprint: Buffer): string {
  return `the key file with fingerprint ${fingerprint.toString('hex')}`
}

export function writeKeyFileForm(fingerprint: Buffer, ciphertext: Buffer): Buffer {
  return Buffer.concat([Buffer.of(byKeyFile), fingerprint, ciphertext])
}

export function writeServiceForm(masterKey: string, ciphertext: Buffer): Buffer {
  const name = Buffer.from(masterKey)
  if (name.length > 255) throw new StartError('KMS_URL: the name of the key is longer than 255 bytes.')
  return Buffer.concat([Buffer.of(byService, name.length), name, ciphertext])
}

/** Undefined where it is in neither form. */
export function readWrappedForm(wrapped: Buffer): WrappedForm | undefined {
  if (wrapped[0] === byKeyFile && wrapped.length > 1 + fingerprintBytes) {
    const end = 1 + fingerprintBytes
    return { masterKey: nameKeyFile(wrapped.subarray(1, end)), ciphertext: wrapped.subarray(end) }
  }
  const end = 2 + (wrapped[1] ?? 0)
  if (wrapped[0] === byService && wrapped.length > end) {
    return { masterKey: wrapped.toString('utf8', 2, end), ciphertext: wrapped.subarray(end) }
  }
  return undefined
}

/** The ciphertext, where `masterKey` is what it needs. Throws StartError, which names the key that is missing, where it isn't. */
export function takeCiphertext(wrapped: Buffer, masterKey: string, masterKeyName: string): Buffer {
  const form = readWrappedForm(wrapped)
  if (form === undefined) {
    throw new StartError(
      `A wrapped key is damaged, or of a newer version of Latchkey, so ${masterKeyName} cannot unwrap it. Check KMS_URL.`,
    )
  }
  if (form.masterKey !== masterKey) {
    throw new StartError(
      `The data was encrypted under the master key ${form.masterKey}, but KMS_URL leads to ${masterKeyName}. ` +
        'Put the one that belongs to this database back; without it the data cannot be read. To move to another one, see "latchkey keys rewrap --help".',
    )
  }
  return form.ciphertext
}
