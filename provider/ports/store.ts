/**
 * Short-lived state, shared by all nodes. What lies here may be lost at the cost of starting a step over; what must not be
 * lost lies in `Data`. Values are strings; times to live are in seconds.
 */
export interface Store {
  get(key: string): Promise<string | undefined>
  put(key: string, value: string, ttlSeconds: number): Promise<void>
  /** Gets and deletes in one atomic step: of several callers one receives the value. */
  take(key: string): Promise<string | undefined>
  /**
   * Writes `next` only where the present value equals `expected` (undefined: where there is none). True for the one caller
   * who wrote.
   */
  compareAndSet(key: string, expected: string | undefined, next: string, ttlSeconds: number): Promise<boolean>
  /** Adds one and answers the new count; the time to live starts with the first. */
  increment(key: string, ttlSeconds: number): Promise<number>
  delete(key: string): Promise<void>
  /** Rejects where the store cannot be reached. */
  ping(): Promise<void>
  close(): Promise<void>
}
