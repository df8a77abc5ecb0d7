import type { KMSClient } from '@aws-sdk/client-kms'
import { AppError, StartError } from '../../provider/kernel/errors.ts'
import type { KeyWrapper } from '../../provider/ports/key-wrapper.ts'
import { loadOptionalPackage } from './optional-package.ts'
import { readWrappedForm, takeCiphertext, writeServiceForm } from './wrapped-form.ts'

const triesAtMost = 3
const connectMilliseconds = 2_000
const requestMilliseconds = 3_000

/** The key isn't there, is switched off, or isn't ours to use: trying again changes nothing. */
const refusals = new Set([
  'AccessDeniedException',
  'CredentialsProviderError',
  'DisabledException',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'IncorrectKeyException',
  'InvalidArnException',
  'InvalidClientTokenId',
  'InvalidGrantTokenException',
  'InvalidKeyUsageException',
  'InvalidSignatureException',
  'KMSInvalidStateException',
  'MissingAuthenticationTokenException',
  'NotFoundException',
  'UnrecognizedClientException',
])

/**
 * A symmetric key of AWS KMS, by its ARN: an alias may lead elsewhere tomorrow. The owner is the encryption context. Credentials
 * and endpoint are the SDK's own business (environment, profile, role of the machine).
 */
export async function openAwsKms({ keyArn }: { keyArn: string }): Promise<KeyWrapper> {
  const { KMSClient, EncryptCommand, DecryptCommand } = await loadOptionalPackage(
    '@aws-sdk/client-kms',
    () => import('@aws-sdk/client-kms'),
  )
  const masterKeyName = `AWS KMS key ${keyArn}`
  const client: KMSClient = new KMSClient({
    region: regionOf(keyArn),
    maxAttempts: triesAtMost,
    requestHandler: {
      connectionTimeout: connectMilliseconds,
      requestTimeout: requestMilliseconds,
      throwOnRequestTimeout: true,
    },
  })
  const common = (context: string) => ({ KeyId: keyArn, EncryptionContext: { 'latchkey:owner': context } })

  async function ask<Answer>(send: () => Promise<Answer>): Promise<Answer> {
    try {
      return await send()
    } catch (error) {
      throw describeFailure(error, masterKeyName)
    }
  }

  return {
    masterKeyName,

    async wrap(dataKey, context) {
      const { CiphertextBlob } = await ask(() => client.send(new EncryptCommand({ ...common(context), Plaintext: dataKey })))
      return writeServiceForm(keyArn, take(CiphertextBlob))
    },

    async unwrap(wrapped, context) {
      const ciphertext = takeCiphertext(wrapped, keyArn, masterKeyName)
      const { Plaintext } = await ask(() => client.send(new DecryptCommand({ ...common(context), CiphertextBlob: ciphertext })))
      return take(Plaintext)
    },

    hasWrapped: wrapped => readWrappedForm(wrapped)?.masterKey === keyArn,

    async close() {
      client.destroy()
    },
  }
}

/** arn:aws:kms:REGION:ACCOUNT:key/ID */
function regionOf(arn: string): string {
  return arn.split(':')[3] ?? ''
}

function take(bytes: Uint8Array | undefined): Buffer {
  if (bytes === undefined)
    throw new AppError('unavailable', { cause: new Error('AWS KMS answered without what it was asked for') })
  return Buffer.from(bytes)
}

function describeFailure(error: unknown, masterKeyName: string): Error {
  if (!(error instanceof Error)) return new AppError('unavailable', { cause: error })
  if (refusals.has(error.name)) {
    return new StartError(
      `${masterKeyName} cannot be used: ${error.name}. Check KMS_URL, the credentials, and the policy of the key.`,
      {
        cause: error,
      },
    )
  }
  // Of another context, or altered: no trouble of the service.
  if (error.name === 'InvalidCiphertextException') {
    return new Error(`${masterKeyName} does not open what was wrapped: it was altered, or is another owner's.`, { cause: error })
  }
  return new AppError('unavailable', { cause: new Error(`${masterKeyName} is away: ${error.name}`, { cause: error }) })
}
