/** Whose data key a field is sealed under. */
export type KeyOwner = { kind: 'installation' } | { kind: 'workspace'; workspaceId: string } | { kind: 'user'; userId: string }

/** Where a ciphertext lives. Bound as associated data, so that a ciphertext moved to another row or column does not open. */
export interface FieldContext {
  table: string
  column: string
  /** The row's primary key. */
  row: string
}

/** One unwrapped data key in use: AES-256-GCM. */
export interface DataKey {
  seal(context: FieldContext, plaintext: string): Buffer
  /** Throws where the ciphertext was altered, moved, or sealed under another key. */
  open(context: FieldContext, sealed: Buffer): string
}

/** What the SQL adapter needs in order to keep personal data as ciphertext. The envelope implements it. */
export interface FieldCipher {
  /** For what belongs to nobody yet, and for signing keys and queued mail. */
  readonly installation: DataKey
  /** Makes a data key for a new owner. `wrapped` is what is stored; the key is usable at once. */
  createKey(owner: KeyOwner): Promise<{ wrapped: Buffer; key: DataKey }>
  /**
   * The owner's key. `loadWrapped` is asked only when the key is not in the bounded cache; where it answers undefined the
   * owner has been erased, and the returned promise rejects with an AppError `not-found`. With `atHand`, what was just read of the
   * database, a held key that was wrapped otherwise gives way to it.
   */
  keyFor(owner: KeyOwner, loadWrapped: () => Promise<Buffer | undefined>, atHand?: Buffer): Promise<DataKey>
  /**
   * A user's key for one look at a row of many, unwrapped from what was just read with the row unless it is held. It is not held
   * afterwards: a long list would push out the keys of those who are signing in, to save what costs no more than one field to open.
   */
  userKeyOf(userId: string, wrapped: Buffer): DataKey
  /** Lets go of an erased owner's key in this process; other ones hold it for as long as their caches do. */
  forgetKey(owner: KeyOwner): void
  readonly keyrings: Keyrings
  /** Keyed hash for lookup of an encrypted value. The same value gives another index for another purpose. */
  blindIndex(purpose: BlindIndexPurpose, value: string): Buffer
}

/**
 * For giving an owner a new data key. A keyring holds one or more generations of it: a new one opens at once and seals later, when
 * no process holds a keyring without it any more; and an old one is dropped when nothing is sealed under it.
 */
export interface Keyrings {
  /** For how long a process may go on with a keyring that has changed. */
  readonly heldSeconds: number
  /** What is to be stored in the place of `wrapped`. */
  addGeneration(owner: KeyOwner, wrapped: Buffer, sealsFrom: Date): Promise<{ wrapped: Buffer; generation: number }>
  /** Opens under any generation, and seals under whichever it is time for. Not cached. */
  openKeyring(owner: KeyOwner, wrapped: Buffer): Promise<DataKey>
  /** What is to be stored in the place of `wrapped`: the newest generation alone. */
  dropOldGenerations(owner: KeyOwner, wrapped: Buffer): Promise<Buffer>
}

export type BlindIndexPurpose =
  | 'email-address'
  | 'upstream-subject'
  | 'rate-limit'
  | 'code'
  | 'recovery-code'
  | 'access-pass'
  | 'cookie-signature'
  | 'first-set-up'
  | 'api-cursor'
