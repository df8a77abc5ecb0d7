import type { KeyOwner } from './field-cipher.ts'

export type RotatableOwner = Exclude<KeyOwner, { kind: 'installation' }>

/** A data key that is being renewed. */
export interface KeyRotation {
  owner: RotatableOwner
  /** `requested`: it has no new generation yet. `published`: it has one, and the owner's rows are to be sealed under it. */
  phase: 'requested' | 'published'
}

export interface RotationProgress {
  requested: number
  published: number
  /** Those for which the audit log alone is still being walked. */
  events: number
  /** How many values have been sealed anew for all of these. */
  resealed: number
}

/** The data keys themselves, as they are wrapped: for renewing them, and for moving them to another master key. */
export interface DataKeyRepository {
  /**
   * Wrapped by the master key itself, in the order of their ids, from behind `after`; of workspaces that were deleted, those that
   * open their logs still.
   */
  listWorkspaceKeys(
    after: string | undefined,
    limit: number,
    of: 'existing' | 'deleted',
  ): Promise<Array<{ workspaceId: string; wrapped: Buffer }>>
  findInstallationKey(): Promise<Buffer | undefined>
  /** False where it is `before` no longer. */
  replaceKey(owner: KeyOwner, before: Buffer, after: Buffer): Promise<boolean>

  findWorkspaceId(slug: string): Promise<string | undefined>
  /** False where the owner has no data key, or it is being renewed already. */
  requestRotation(owner: RotatableOwner, at: Date): Promise<boolean>
  /** The same for the next `limit` owners behind `after`; answers the last one of them, and undefined behind the last. */
  requestRotations(kind: RotatableOwner['kind'], after: string | undefined, limit: number, at: Date): Promise<string | undefined>
  countRotations(): Promise<RotationProgress>

  /** One that is due, and this transaction's alone. */
  takeDueRotation(now: Date): Promise<KeyRotation | undefined>
  /** Gives the owner a new generation, to be sealed under from `sealsFrom` on. Undefined, and no rotation any more, where the owner is gone. */
  publishGeneration(owner: RotatableOwner, sealsFrom: Date, dueAt: Date): Promise<number | undefined>
  /** Seals up to `limit` values of each of the owner's columns under the newest generation; answers how many it found. */
  resealOwner(owner: RotatableOwner, limit: number): Promise<number>
  /** What is left of the owner stands in the audit log. */
  leaveToEvents(owner: RotatableOwner): Promise<void>
  /**
   * Takes the lap through the audit log on by `limit` events, for all rotations that wait for it. Answers of whom something did not
   * open, and undefined where nobody waits, or another process is at it.
   */
  resealEvents(limit: number): Promise<RotatableOwner[] | undefined>
  /** Begins with the owner's rows again, later: until then the old generations stay. */
  putOff(owner: RotatableOwner, dueAt: Date): Promise<void>
  /** One for which the audit log has been walked, and this transaction's alone. */
  takeFinishedRotation(): Promise<RotatableOwner | undefined>
  /** Drops the old generations; answers the one that is left. Undefined where the owner is gone. */
  dropOldGenerations(owner: RotatableOwner): Promise<number | undefined>
}
