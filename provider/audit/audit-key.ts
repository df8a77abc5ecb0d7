import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { AccessMode } from '../kernel/access-mode.ts'
import type { Clock } from '../kernel/clock.ts'
import type { AuditKeyRecord } from '../ports/audit-chain.ts'
import type { Data } from '../ports/data.ts'
import { recordEvent, withoutRequest } from './record.ts'

/** What checkpoints are signed with. */
export interface AuditKey {
  kid: string
  privateKey: CryptoKey
}

/** The installation's own key pair for checkpoints, made where there is none yet: of several that start at once, one makes it. */
export async function findOrCreateAuditKey(
  data: Pick<Data, 'scoped'>,
  mode: AccessMode & { kind: 'system' },
  clock: Clock,
): Promise<AuditKey> {
  const record = await data.scoped(mode, async repositories => {
    const { auditCheckpoints } = repositories
    await auditCheckpoints.lock()
    const [newest] = await auditCheckpoints.listKeys()
    if (newest) return newest
    const key = await newAuditKey(clock())
    await auditCheckpoints.insertKey(key)
    await recordEvent(repositories, { action: 'audit-key.created', kid: key.kid }, withoutRequest(mode, clock))
    return key
  })
  const privateKey = await importJWK(record.privateJwk, 'EdDSA')
  if (privateKey instanceof Uint8Array) throw new TypeError('The key for checkpoints is no key pair.')
  return { kid: record.kid, privateKey }
}

async function newAuditKey(createdAt: Date): Promise<AuditKeyRecord> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  const jwk = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { kid, privateJwk: { ...jwk, kid, alg: 'EdDSA', use: 'sig' }, createdAt }
}

/** The public halves of all keys that have ever signed a checkpoint, newest first. */
export async function listPublicAuditKeys(data: Pick<Data, 'read'>, mode: AccessMode): Promise<JWK[]> {
  const records = await data.read(mode, ({ auditCheckpoints }) => auditCheckpoints.listKeys())
  // By name (RFC 8037 §2), so that nothing else of the key can come along.
  return records.map(({ kid, privateJwk: { kty, crv, x } }) => ({
    kty: String(kty),
    crv: String(crv),
    x: String(x),
    kid,
    alg: 'EdDSA',
    use: 'sig',
  }))
}
