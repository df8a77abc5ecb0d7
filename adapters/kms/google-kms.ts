import { AppError, StartError } from '../../provider/kernel/errors.ts'
import type { KeyWrapper } from '../../provider/ports/key-wrapper.ts'
import { computeCrc32c } from './crc32c.ts'
import { loadOptionalPackage } from './optional-package.ts'
import { readWrappedForm, takeCiphertext, writeServiceForm } from './wrapped-form.ts'

type Sdk = typeof import('@google-cloud/kms')
/** Of the SDK's own client: for a test that stands in for Google, with another endpoint and other credentials. */
export type GoogleClientOptions = NonNullable<ConstructorParameters<Sdk['KeyManagementServiceClient']>[0]>

/** Statuses of gRPC (grpc.io, "Status codes"), which the SDK speaks also over REST. */
const invalidArgument = 3
const deadlineExceeded = 4
const unavailable = 14
/** Not there, not allowed, switched off, nobody signed in. */
const refusals = new Set([5, 7, 9, 16])

// Two more tries, of three seconds each.
const callOptions = {
  timeout: 3_000,
  retry: {
    retryCodes: [deadlineExceeded, unavailable],
    backoffSettings: {
      maxRetries: 2,
      initialRetryDelayMillis: 100,
      retryDelayMultiplier: 2,
      maxRetryDelayMillis: 1_000,
      initialRpcTimeoutMillis: 3_000,
      rpcTimeoutMultiplier: 1,
      maxRpcTimeoutMillis: 3_000,
    },
  },
}

/**
 * A symmetric key of Google Cloud KMS, over REST, which passes any proxy. The owner is the additional authenticated data, and each
 * way is checked by CRC-32C, as Google asks for. Credentials are the SDK's own business (Application Default Credentials).
 */
export async function openGoogleKms(options: { keyName: string; client?: GoogleClientOptions }): Promise<KeyWrapper> {
  const { keyName } = options
  const { KeyManagementServiceClient } = await loadOptionalPackage('@google-cloud/kms', () => import('@google-cloud/kms'))
  const { GoogleAuth } = await loadOptionalPackage('google-auth-library', () => import('google-auth-library'))
  const masterKeyName = `Google Cloud KMS key ${keyName}`
  // Not left to the client: where it finds no credentials, it also rejects promises that nobody holds, which ends the process.
  const authClient = await new GoogleAuth({ scopes: ['https://www.googleapis.com/auth/cloudkms'] })
    .getClient()
    .catch((cause: unknown) => {
      throw new StartError(
        `${masterKeyName} cannot be used: no credentials of Google's are found. Set GOOGLE_APPLICATION_CREDENTIALS.`,
        { cause },
      )
    })
  const client = new KeyManagementServiceClient({ fallback: true, authClient, ...options.client })

  async function ask<Answer>(send: () => Promise<[Answer, ...unknown[]]>): Promise<Answer> {
    try {
      const [answer] = await send()
      return answer
    } catch (error) {
      throw describeFailure(error, masterKeyName)
    }
  }

  return {
    masterKeyName,

    async wrap(dataKey, context) {
      const additionalAuthenticatedData = Buffer.from(context)
      const answer = await ask(() =>
        client.encrypt(
          {
            name: keyName,
            plaintext: dataKey,
            plaintextCrc32c: { value: computeCrc32c(dataKey) },
            additionalAuthenticatedData,
            additionalAuthenticatedDataCrc32c: { value: computeCrc32c(additionalAuthenticatedData) },
          },
          callOptions,
        ),
      )
      if (!answer.verifiedPlaintextCrc32c || !answer.verifiedAdditionalAuthenticatedDataCrc32c) throw garbled(masterKeyName)
      return writeServiceForm(keyName, take(answer.ciphertext, answer.ciphertextCrc32c, masterKeyName))
    },

    async unwrap(wrapped, context) {
      const ciphertext = takeCiphertext(wrapped, keyName, masterKeyName)
      const additionalAuthenticatedData = Buffer.from(context)
      const answer = await ask(() =>
        client.decrypt(
          {
            name: keyName,
            ciphertext,
            ciphertextCrc32c: { value: computeCrc32c(ciphertext) },
            additionalAuthenticatedData,
            additionalAuthenticatedDataCrc32c: { value: computeCrc32c(additionalAuthenticatedData) },
          },
          callOptions,
        ),
      )
      return take(answer.plaintext, answer.plaintextCrc32c, masterKeyName)
    },

    hasWrapped: wrapped => readWrappedForm(wrapped)?.masterKey === keyName,

    close: () => client.close(),
  }
}

function take(
  bytes: Uint8Array | string | null | undefined,
  checksum: { value?: unknown } | null | undefined,
  masterKeyName: string,
): Buffer {
  const taken = typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : Buffer.from(bytes ?? [])
  if (String(checksum?.value) !== String(computeCrc32c(taken))) throw garbled(masterKeyName)
  return taken
}

function garbled(masterKeyName: string): AppError {
  return new AppError('unavailable', { cause: new Error(`${masterKeyName}: what was sent or answered was damaged on its way`) })
}

function describeFailure(error: unknown, masterKeyName: string): Error {
  if (!(error instanceof Error)) return new AppError('unavailable', { cause: error })
  const code = 'code' in error ? Number(error.code) : Number.NaN
  if (refusals.has(code)) {
    return new StartError(
      `${masterKeyName} cannot be used: ${describe(error)}. Check KMS_URL, the credentials, and who may encrypt and decrypt with the key.`,
      { cause: error },
    )
  }
  // Of another context, or altered: no trouble of the service.
  if (code === invalidArgument) {
    return new Error(`${masterKeyName} does not open what was wrapped: it was altered, or is another owner's.`, { cause: error })
  }
  return new AppError('unavailable', { cause: new Error(`${masterKeyName} is away: ${describe(error)}`, { cause: error }) })
}

function describe({ message }: Error): string {
  return message.replaceAll(/\s+/g, ' ').replace(/\.$/, '')
}
