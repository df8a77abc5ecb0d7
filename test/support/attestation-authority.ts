import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/*
 * A maker of authenticators: a root certificate, and certificates for the models' attestation keys (Web Authentication Level 3,
 * §8.2.1), written in DER (X.690) as far as these need it.
 */

/** A key that attests, with its certificate and those above it but the root's. */
export interface AttestationKey {
  privateKey: KeyObject
  /** DER, leaf first. */
  chain: Buffer[]
}

export interface AttestationAuthority {
  /** PEM. */
  root: string
  /** `under`: issued by that key, which has no business issuing any. */
  certify(options?: { validTo?: Date; aaguid?: string; organisationalUnit?: string; under?: AttestationKey }): AttestationKey
}

const modelUnit = 'Authenticator Attestation'

export function createAttestationAuthority(): AttestationAuthority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = distinguishedName('Test maker', 'Certificates')
  const certificate = issue({
    issuer: name,
    subject: name,
    publicKey: keys.publicKey,
    signWith: keys.privateKey,
    authority: true,
  })
  const base64 = certificate.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  return {
    root: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    certify({ validTo, aaguid, organisationalUnit = modelUnit, under } = {}) {
      const attesting = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const leaf = issue({
        issuer: under ? distinguishedName('Test model', modelUnit) : name,
        subject: distinguishedName(under ? 'Another model' : 'Test model', organisationalUnit),
        publicKey: attesting.publicKey,
        signWith: under?.privateKey ?? keys.privateKey,
        authority: false,
        ...(validTo && { validTo }),
        ...(aaguid && { aaguid }),
      })
      return { privateKey: attesting.privateKey, chain: [leaf, ...(under?.chain ?? [])] }
    },
  }
}

/** RFC 5280 §4.1. */
function issue(options: {
  issuer: Buffer
  subject: Buffer
  publicKey: KeyObject
  signWith: KeyObject
  authority: boolean
  validTo?: Date
  aaguid?: string
}): Buffer {
  const algorithm = sequence(objectIdentifier('2a8648ce3d040302')) // ecdsa-with-SHA256
  const validity = sequence(time(new Date('2024-01-01T00:00:00Z')), time(options.validTo ?? new Date('2200-01-01T00:00:00Z')))
  const basicConstraints = extension('551d13', sequence(...(options.authority ? [der(0x01, Buffer.from([0xff]))] : [])))
  // id-fido-gen-ce-aaguid (§8.2.2).
  const model = options.aaguid
    ? [extension('2b0601040182e51c010104', der(0x04, Buffer.from(options.aaguid.replaceAll('-', ''), 'hex')))]
    : []
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    options.issuer,
    validity,
    options.subject,
    createPublicKey(options.publicKey.export({ type: 'spki', format: 'pem' })).export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(basicConstraints, ...model)),
  )
  return sequence(
    toBeSigned,
    algorithm,
    der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', toBeSigned, options.signWith)])),
  )
}

function distinguishedName(commonName: string, organisationalUnit: string): Buffer {
  const part = (oid: string, tag: number, value: string) =>
    der(0x31, sequence(objectIdentifier(oid), der(tag, Buffer.from(value))))
  return sequence(
    part('550406', 0x13, 'CH'),
    part('55040a', 0x0c, 'Latchkey tests'),
    part('55040b', 0x0c, organisationalUnit),
    part('550403', 0x0c, commonName),
  )
}

function extension(oid: string, value: Buffer): Buffer {
  return sequence(objectIdentifier(oid), der(0x04, value))
}

function time(moment: Date): Buffer {
  return der(0x18, Buffer.from(`${moment.toISOString().slice(0, 19).replace(/\D/g, '')}Z`))
}

function objectIdentifier(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts))
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
