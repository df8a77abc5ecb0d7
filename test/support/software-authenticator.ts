import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import type { AttestationKey } from './attestation-authority.ts'
import { encodeCbor } from './cbor.ts'

/** What an authenticator and the browser before it say; a test overrides what it is about. */
export interface Behaviour {
  /** Of the client data; undefined: what the ceremony has. */
  type: string | undefined
  origin: string
  /** As a dishonest client would say; undefined: the one that was asked for. */
  rpId: string | undefined
  crossOrigin: boolean | undefined
  topOrigin: string | undefined
  userPresent: boolean
  userVerified: boolean
  backupEligible: boolean
  backedUp: boolean
  /** The counter to show; undefined: one more than the last, or 0 where the authenticator doesn't count. */
  signCount: number | undefined
  userHandle: boolean
  /** Of a credential that is made; undefined: a new one. */
  id: Buffer | undefined
}

export interface SoftwareCredential {
  id: Buffer
  rpId: string
  userHandle: string
  privateKey: KeyObject
  signCount: number
}

export interface SoftwareAuthenticator {
  credentials: SoftwareCredential[]
  create(options: PublicKeyCredentialCreationOptionsJSON, changes?: Partial<Behaviour>): RegistrationResponseJSON
  /** Answers with the newest credential that fits, or with the given one. */
  get(
    options: PublicKeyCredentialRequestOptionsJSON,
    changes?: Partial<Behaviour> & { credential?: SoftwareCredential },
  ): AuthenticationResponseJSON
}

/** An authenticator, and the browser before it, in this process: ES256, Web Authentication Level 3. */
export function createSoftwareAuthenticator({
  origin,
  aaguid = '00000000-0000-0000-0000-000000000000',
  counts = true,
  attestWith,
  synced = false,
}: {
  origin: string
  aaguid?: string
  counts?: boolean
  attestWith?: AttestationKey
  synced?: boolean
}): SoftwareAuthenticator {
  const credentials: SoftwareCredential[] = []
  const usual: Behaviour = {
    type: undefined,
    origin,
    rpId: undefined,
    crossOrigin: false,
    topOrigin: undefined,
    userPresent: true,
    userVerified: true,
    backupEligible: synced,
    backedUp: synced,
    signCount: undefined,
    userHandle: true,
    id: undefined,
  }

  return {
    credentials,
    create(options, changes = {}) {
      const behaviour = { ...usual, ...changes }
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const rpId = behaviour.rpId ?? options.rp.id ?? new URL(origin).hostname
      const id = behaviour.id ?? randomBytes(32)
      const signCount = behaviour.signCount ?? 0
      credentials.push({ id, rpId, userHandle: options.user.id, privateKey, signCount })

      const attested = Buffer.concat([
        Buffer.from(aaguid.replaceAll('-', ''), 'hex'),
        Buffer.from([id.length >> 8, id.length & 0xff]),
        id,
        encodePublicKey(publicKey),
      ])
      const authenticatorData = writeAuthenticatorData(rpId, behaviour, signCount, attested)
      const clientData = writeClientData('webauthn.create', options.challenge, behaviour)
      // Whether or not it was asked for: some do.
      const statement = attestWith
        ? new Map<string, number | Buffer | Buffer[]>([
            ['alg', -7],
            ['sig', signOver(attestWith.privateKey, authenticatorData, clientData)],
            ['x5c', attestWith.chain],
          ])
        : new Map<string, never>()
      const attestationObject = encodeCbor(
        new Map<string, string | Buffer | typeof statement>([
          ['fmt', attestWith ? 'packed' : 'none'],
          ['attStmt', statement],
          ['authData', authenticatorData],
        ]),
      )
      return {
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key',
        response: {
          clientDataJSON: clientData.toString('base64url'),
          attestationObject: attestationObject.toString('base64url'),
          transports: ['internal'],
        },
        clientExtensionResults: {},
      }
    },

    get(options, { credential: chosen, ...changes } = {}) {
      const behaviour = { ...usual, ...changes }
      const allowed = options.allowCredentials?.map(({ id }) => id)
      const credential =
        chosen ??
        credentials.findLast(
          each => each.rpId === options.rpId && (allowed === undefined || allowed.includes(each.id.toString('base64url'))),
        )
      if (credential === undefined) throw new Error('The authenticator has no credential that fits.')
      credential.signCount = behaviour.signCount ?? (counts ? credential.signCount + 1 : 0)
      const authenticatorData = writeAuthenticatorData(behaviour.rpId ?? credential.rpId, behaviour, credential.signCount)
      const clientData = writeClientData('webauthn.get', options.challenge, behaviour)
      return {
        id: credential.id.toString('base64url'),
        rawId: credential.id.toString('base64url'),
        type: 'public-key',
        response: {
          clientDataJSON: clientData.toString('base64url'),
          authenticatorData: authenticatorData.toString('base64url'),
          signature: signOver(credential.privateKey, authenticatorData, clientData).toString('base64url'),
          ...(behaviour.userHandle && { userHandle: credential.userHandle }),
        },
        clientExtensionResults: {},
      }
    },
  }
}

/** §6.1. */
function writeAuthenticatorData(rpId: string, behaviour: Behaviour, signCount: number, attested?: Buffer): Buffer {
  const flags =
    (behaviour.userPresent ? 0x01 : 0) |
    (behaviour.userVerified ? 0x04 : 0) |
    (behaviour.backupEligible ? 0x08 : 0) |
    (behaviour.backedUp ? 0x10 : 0) |
    (attested ? 0x40 : 0)
  const counter = Buffer.alloc(4)
  counter.writeUInt32BE(signCount)
  return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags]), counter, attested ?? Buffer.alloc(0)])
}

/** §5.8.1. */
function writeClientData(usualType: string, challenge: string, behaviour: Behaviour): Buffer {
  const { type = usualType, origin, crossOrigin, topOrigin } = behaviour
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin, topOrigin }))
}

function signOver(key: KeyObject, authenticatorData: Buffer, clientData: Buffer): Buffer {
  return sign('sha256', Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()]), key)
}

/** COSE_Key (RFC 9053 §7.1.1). */
function encodePublicKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  return encodeCbor(
    new Map<number, number | Buffer>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]),
  )
}
