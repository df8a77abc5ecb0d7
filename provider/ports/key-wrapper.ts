/**
 * A key management service that holds the master key. It never gives the master key away: it wraps and unwraps data keys.
 * `context` is authenticated with the wrapped key, so a key wrapped for one owner does not unwrap for another.
 */
export interface KeyWrapper {
  /** Names the master key, for an operator who has to find it: never a secret. */
  readonly masterKeyName: string
  wrap(dataKey: Buffer, context: string): Promise<Buffer>
  /**
   * Rejects with AppError `unavailable` where the service is away, and with StartError where the master key is another one, is
   * not there, or is not ours to use.
   */
  unwrap(wrapped: Buffer, context: string): Promise<Buffer>
  /** Whether it was this master key that wrapped it, as far as can be told without unwrapping. Nothing is asked of a service. */
  hasWrapped(wrapped: Buffer): boolean
  close(): Promise<void>
}

/** Where the installation's one wrapped key is kept. Read before there is any access mode: nothing else opens without it. */
export interface InstallationKeys {
  find(): Promise<Buffer | undefined>
  /** Inserts where there is none, and answers what is kept now: of two first starts one wins. */
  insertIfAbsent(wrapped: Buffer): Promise<Buffer>
}
