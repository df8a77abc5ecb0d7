import type {
  AddressClaimRecord,
  AddressRecord,
  FactorsRecord,
  KnownBrowserRecord,
  PasskeyRecord,
  TotpDeviceRecord,
  UpstreamIdentityRecord,
} from './records.ts'
import type { AccessPassRecord } from './workspace-records.ts'

export type Erasure =
  | { kind: 'erased' /** Those that were theirs alone. */; workspaceIds: string[] }
  | { kind: 'more' }
  | { kind: 'gone' }

/** What a person manages of their own account. All of it answers undefined or false for whoever the access mode cannot see. */
export interface AccountRepository {
  /**
   * Has those who would do the same wait until this transaction is over, and see what it did: for changes that depend on what else
   * a person has.
   */
  lock(userId: string): Promise<void>
  /** All that policy needs to know of what is enrolled, in one query. */
  findFactors(userId: string): Promise<FactorsRecord>
  changeName(userId: string, name: string | undefined): Promise<void>
  changeLocale(userId: string, locale: string): Promise<void>
  /** The primary one first, then the oldest. */
  listAddresses(userId: string): Promise<AddressRecord[]>
  /** Rejects with AppError `conflict` where the address belongs to somebody already. */
  addAddress(address: Omit<AddressRecord, 'primary'>): Promise<void>
  /** False where it is the primary one, or not theirs. */
  removeAddress(userId: string, addressId: string): Promise<boolean>
  /** In place of the one that was. False where it is not theirs. */
  makePrimary(userId: string, addressId: string): Promise<boolean>
  /** In place of the one before: one claim at a time. */
  replaceAddressClaim(claim: AddressClaimRecord): Promise<void>
  findAddressClaim(userId: string): Promise<AddressClaimRecord | undefined>
  /** Adds one try and answers the new count, atomically. */
  countAddressClaimTry(userId: string): Promise<number>
  deleteAddressClaim(userId: string): Promise<void>
  /** From this moment on nothing counts that the person proved before, but in the browser that is named what counted there until now. */
  voidProofs(userId: string, moment: Date, exceptBrowser: Buffer | undefined): Promise<void>
  /** Undefined takes it back. */
  scheduleErasure(userId: string, dueAt: Date | undefined): Promise<void>
  /** At most `limit` users whose erasure is due, those included of whom something is left. */
  listDueForErasure(moment: Date, limit: number): Promise<string[]>
  /**
   * Destroys the user's data key, and deletes what would find them or let them in, blind index included: nobody finds them from then
   * on, and what was recorded stays, unreadable. The same of the workspace that was theirs alone. `more`: only a batch of invitations
   * was deleted so far, and it is to be done again; `gone`: it was done before, or there is nobody.
   */
  erase(userId: string, moment: Date, limit: number): Promise<Erasure>
  /** Deletes a batch of what is left of somebody erased, and at last the user. False where something is left still. */
  eraseRemains(userId: string, limit: number): Promise<boolean>
  /** The user's random WebAuthn user handle, made at first use. */
  findOrCreatePasskeyHandle(userId: string): Promise<Buffer>
}

/** Passkeys. Whoever changes one that is not this person's, or not there, is answered false, and nothing is changed. */
export interface PasskeyRepository {
  /** Oldest first. */
  listForUser(userId: string): Promise<PasskeyRecord[]>
  findByCredentialId(credentialId: Buffer): Promise<(PasskeyRecord & { handle: Buffer }) | undefined>
  /** Rejects with AppError `conflict` where there is such a credential id already, whosever it is. */
  create(passkey: PasskeyRecord): Promise<void>
  /**
   * Keeps what a use showed. False, and nothing kept, where the counter did not go up although it counts (Web Authentication §6.1.1):
   * of two uses of one count, one is kept.
   */
  recordUse(use: Pick<PasskeyRecord, 'userId' | 'id' | 'signCount' | 'backedUp'> & { usedAt: Date }): Promise<boolean>
  rename(userId: string, passkeyId: string, name: string): Promise<boolean>
  delete(userId: string, passkeyId: string): Promise<boolean>
}

/** Generators of time-based codes. Whoever changes one that is not this person's, or not there, is answered false. */
export interface TotpDeviceRepository {
  /** Oldest first. */
  listForUser(userId: string): Promise<TotpDeviceRecord[]>
  create(device: TotpDeviceRecord): Promise<void>
  /** Takes the code of a time step. True for the one caller whose step is later than every one before. */
  takeStep(userId: string, deviceId: string, step: number, usedAt: Date): Promise<boolean>
  rename(userId: string, deviceId: string, name: string): Promise<boolean>
  delete(userId: string, deviceId: string): Promise<boolean>
}

/** A person's one set of recovery codes. */
export interface RecoveryCodeRepository {
  /** These in place of all that there were, used or not. */
  replaceAll(userId: string, codes: { id: string; codeHash: Buffer }[], createdAt: Date): Promise<void>
  /** Marks it used. True for the one caller who did. */
  use(userId: string, codeHash: Buffer, usedAt: Date): Promise<boolean>
  /** How many are left of how many, and since when. */
  findState(userId: string): Promise<{ unused: number; all: number; createdAt: Date } | undefined>
  deleteAll(userId: string): Promise<void>
}

/** The one pass that somebody has, or had, since an admin has reset their factors. */
export interface AccessPassRepository {
  find(userId: string): Promise<Omit<AccessPassRecord, 'passHash'> | undefined>
  /** In place of the one before, whether it was used or not. */
  replace(pass: Omit<AccessPassRecord, 'usedAt'>): Promise<void>
  /** Marks it used. True for the one caller who did, in time. */
  use(userId: string, passHash: Buffer, moment: Date): Promise<boolean>
  /** False where there was none. */
  delete(userId: string): Promise<boolean>
}

/** Tries of a factor that failed in a row, in whichever attempt. */
export interface FactorFailureRepository {
  find(userId: string, method: string): Promise<{ failures: number; lastFailureAt: Date } | undefined>
  /** Adds one and answers the new count, atomically. */
  increment(userId: string, method: string, moment: Date): Promise<number>
  reset(userId: string, method: string): Promise<void>
}

/** Accounts elsewhere that lead into somebody's here. */
export interface UpstreamIdentityRepository {
  find(connection: string, issuer: string, subject: string): Promise<UpstreamIdentityRecord | undefined>
  listForUser(userId: string): Promise<UpstreamIdentityRecord[]>
  /** Rejects with AppError `conflict` where it is somebody's already. */
  create(identity: UpstreamIdentityRecord): Promise<void>
  recordUse(userId: string, identityId: string, use: { address: string | undefined; usedAt: Date }): Promise<void>
  delete(userId: string, identityId: string): Promise<boolean>
}

/** In which browsers a person has signed in. */
export interface KnownBrowserRepository {
  find(userId: string, browserHash: Buffer): Promise<KnownBrowserRecord | undefined>
  /** The method that was used last in this browser, by whomever. */
  findLastMethod(browserHash: Buffer): Promise<string | undefined>
  /**
   * Inserts, or moves `lastSeenAt` and `method`. Answers what the browser was to this person until now: `known`, the `first` of
   * all, or `new` beside others.
   */
  remember(
    browser: Pick<KnownBrowserRecord, 'userId' | 'browserHash' | 'method'>,
    moment: Date,
  ): Promise<'known' | 'first' | 'new'>
  recordPasskeyOffer(userId: string, browserHash: Buffer, moment: Date): Promise<void>
  /** From now on a sign-in in any browser but this one is one in a new browser. */
  forgetOthers(userId: string, exceptBrowserHash: Buffer): Promise<void>
  deleteOlderThan(moment: Date, limit: number): Promise<number>
}
