import type { InstallationKeys } from '../../provider/ports/key-wrapper.ts'

/** A row that holds the installation's key, as the database does. */
export function keepInstallationKey(kept?: Buffer): InstallationKeys & { kept: Buffer | undefined } {
  return {
    kept,
    async find() {
      return this.kept
    },
    async insertIfAbsent(wrapped) {
      this.kept ??= wrapped
      return this.kept
    },
  }
}
