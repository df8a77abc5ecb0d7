/** What is kept, as the product sees it: personal data in plain text, times as Date, hashes as bytes. */

export interface UserRecord {
  id: string
  status: 'active' | 'suspended'
  /** The primary address, in normal form. */
  address: string
  addressVerifiedAt: Date
  name: string | undefined
  /** BCP 47. */
  locale: string
  createdAt: Date
  /** When the account will be erased, where its person has asked for that. */
  erasureDueAt: Date | undefined
  /**
   * What was proved before counts no more, but in that browser (SHA-256 of its cookie): there nothing from before `momentThere`, when it
   * was void already. Undefined: all of it counts.
   */
  proofsFrom: { moment: Date; exceptBrowser: Buffer | undefined; momentThere: Date | undefined } | undefined
}

/** A user of whom it was also asked whether a passkey or a generator of codes is enrolled: only where something is authorized. */
export type UserWithFactors = UserRecord & { hasFactors: boolean }

/** An address of a person's, verified; in normal form. */
export interface AddressRecord {
  id: string
  userId: string
  address: string
  primary: boolean
  verifiedAt: Date
}

/** An address that a person says is theirs, until the code that was sent there is typed. */
export interface AddressClaimRecord {
  id: string
  userId: string
  address: string
  /** Keyed hash, bound to the claim's id. */
  codeHash: Buffer
  tries: number
  createdAt: Date
  expiresAt: Date
}

/** A WebAuthn credential (Web Authentication Level 3, §4 "credential record"). */
export interface PasskeyRecord {
  id: string
  userId: string
  /** Unique over the installation. */
  credentialId: Buffer
  /** COSE_Key. */
  publicKey: Buffer
  signCount: number
  /** The relying party it was made for; it works for no other. */
  rpId: string
  /** The model of authenticator, as a UUID; all zeros where it doesn't say. */
  aaguid: string
  /** Whether the model was proved by an attestation that was verified. */
  attested: boolean
  transports: string[]
  backupEligible: boolean
  backedUp: boolean
  /** Personal data. */
  name: string
  createdAt: Date
  lastUsedAt: Date | undefined
}

/** A generator of time-based codes (RFC 6238), confirmed by a code. */
export interface TotpDeviceRecord {
  id: string
  userId: string
  /** 160 random bits; kept sealed under the user's key, bound to user and device. */
  secret: Buffer
  /** Personal data. */
  name: string
  /** The last time step whose code was taken; no step up to it is taken again. */
  lastStep: number
  createdAt: Date
  lastUsedAt: Date | undefined
}

/** What a person has enrolled, as policy needs to know it, read in one query. */
export interface FactorsRecord {
  passkeys: { aaguid: string; attested: boolean; backupEligible: boolean; rpId: string }[]
  totpDevices: number
  /** Unused ones. */
  recoveryCodes: number
  /** Whether an admin has reset what they had, and given them a pass, used or not. */
  accessPass: boolean
  upstreamIdentities: number
}

/** Who somebody is elsewhere: found by connection, issuer and subject, never by address. */
export interface UpstreamIdentityRecord {
  id: string
  userId: string
  connection: string
  issuer: string
  subject: string
  /** What the upstream said last: personal data. */
  address: string | undefined
  /** Whatever else has to be the same next time, by name (Microsoft's tid and oid). */
  pinned: Record<string, string>
  createdAt: Date
  lastUsedAt: Date
}

/** A browser in which a person has signed in before. */
export interface KnownBrowserRecord {
  userId: string
  browserHash: Buffer
  /** The id of the method that was used last. */
  method: string
  firstSeenAt: Date
  lastSeenAt: Date
  /** When a passkey was offered here last. */
  passkeyOfferedAt: Date | undefined
}

/** An OIDC client. `metadata` is OpenID Connect Dynamic Client Registration's, plus ours; validated before it gets here. */
export interface AppRecord {
  clientId: string
  /** SHA-256 of the client secret; a public client has none. */
  secretHash: Buffer | undefined
  metadata: Record<string, unknown>
  /** Where it was registered: an app of the config file is read-only elsewhere. */
  source: 'config' | 'command-line' | 'api' | 'console'
  createdAt: Date
}

/** A `Proof` as policy defines it, in the form in which it is kept. */
export interface ProofRecord {
  method: string
  subject:
    | { kind: 'user'; userId: string }
    | { kind: 'address'; address: string }
    | {
        kind: 'upstream'
        connection: string
        issuer: string
        subject: string
        address: { value: string; vouched: boolean } | undefined
        name: string | undefined
        pinned: Record<string, string>
      }
  factors: string[]
  /** Seconds since the epoch. */
  at: number
  /** The same, of when the person was really seen, where that was earlier. */
  seenAt?: number | undefined
  /** AAGUID, where an attestation was verified. */
  authenticator?: string | undefined
}

/** One sign-in in progress, tied to the browser that began it. */
export interface AttemptRecord {
  id: string
  interactionUid: string
  /** SHA-256 of the browser's `__Host-browser` cookie. */
  browserHash: Buffer
  clientId: string
  /**
   * `open`: proofs are being collected. `satisfied`: policy has enough, and one tab may resume the sign-in. `completed`: it
   * was resumed. `ended`: nothing more will come of it.
   */
  state: 'open' | 'satisfied' | 'completed' | 'ended'
  /** The id of the sign-in method that it waits for. */
  method: string | undefined
  /** The address that was typed, in normal form; personal data. */
  address: string | undefined
  userId: string | undefined
  proofs: ProofRecord[]
  /** The parameters of the authorization request, with which it can be started again; personal data (login_hint). */
  request: Record<string, string>
  /** A short name of the kind of device that began ("Firefox on Linux"), the IP address: personal data. */
  device: string
  ip: string
  locale: string
  createdAt: Date
  expiresAt: Date
}

/** One mail with a link and a code. Token and code are kept hashed. */
export interface EmailChallengeRecord {
  id: string
  attemptId: string
  tokenHash: Buffer
  /** Keyed hash, bound to the challenge's id: a code is short enough to guess offline without the key. */
  codeHash: Buffer
  /** How many codes were typed, right or wrong: each is counted before it is compared. */
  tries: number
  createdAt: Date
  expiresAt: Date
  consumedAt: Date | undefined
  voidedAt: Date | undefined
}

export interface SigningKeyRecord {
  kid: string
  algorithm: 'ES256' | 'RS256' | 'EdDSA'
  /** The private JWK; kept sealed under the installation key. */
  privateJwk: Record<string, unknown>
  createdAt: Date
  /** Published before, signs from then on. */
  signsFrom: Date
  /** Published no longer from then on. */
  retiresAt: Date | undefined
}

/** An event of the audit log before it is sealed into a chain: salted commitments, and what opens them. */
export interface AuditEventRecord {
  id: string
  /** The workspace's log that it belongs to, if any. */
  workspaceId: string | undefined
  /** The person it concerns, under whose key the disclosures are kept, if any. */
  userId: string | undefined
  action: string
  occurredAt: Date
  /** Who did it and to what, to find it by: `kind:id`. Undefined for events from before that was kept, and for what has no target. */
  actor: string | undefined
  target: string | undefined
  /** Field name to base64url(SHA-256(salt, name, value)). */
  commitments: Record<string, string>
  /** Field name to salt (base64url) and value; personal data. */
  disclosures: Record<string, { salt: string; value: string }>
}
