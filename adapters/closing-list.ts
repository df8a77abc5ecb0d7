/** What has been opened and has to be closed, last opened first: what came later may use what came before. */
export class ClosingList {
  readonly #closers: Array<() => Promise<void>> = []

  add(close: () => Promise<void>): void {
    this.#closers.push(close)
  }

  /** Closes everything, also where something does not close, and then rejects with the first failure. Again, it does nothing. */
  async closeAll(): Promise<void> {
    const failures: unknown[] = []
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      await close().catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  }
}
