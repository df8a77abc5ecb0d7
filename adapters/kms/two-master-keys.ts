import type { KeyWrapper } from '../../provider/ports/key-wrapper.ts'

/** For the time of a move from one master key to another: `own` wraps, and either unwraps what it has wrapped itself. */
export function unwrapWithEither(own: KeyWrapper, other: KeyWrapper): KeyWrapper {
  return {
    masterKeyName: own.masterKeyName,
    wrap: (dataKey, context) => own.wrap(dataKey, context),
    unwrap: (wrapped, context) => (other.hasWrapped(wrapped) ? other : own).unwrap(wrapped, context),
    hasWrapped: wrapped => own.hasWrapped(wrapped),
    async close() {
      await Promise.all([own.close(), other.close()])
    },
  }
}
