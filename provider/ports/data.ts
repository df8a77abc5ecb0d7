import type { AccessMode } from '../kernel/access-mode.ts'
import type { Repositories } from './repositories.ts'

/** Durable state. Repositories come from here alone, so a query without an access mode cannot be written down. */
export interface Data {
  /**
   * Runs `work` in one transaction under the scope of `mode`, and commits when it resolves. Whatever it rejects with undoes
   * everything. Not to be nested: use the repositories that were handed in.
   */
  scoped<Result>(mode: AccessMode, work: (repositories: Repositories) => Promise<Result>): Promise<Result>
  /** The same for work that only reads; the answer does not wait for the end of the transaction. */
  read<Result>(mode: AccessMode, work: (repositories: Repositories) => Promise<Result>): Promise<Result>
  /** Rejects where the database cannot be reached. */
  ping(): Promise<void>
  close(): Promise<void>
}
