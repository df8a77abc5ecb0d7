import { createMagicLink, type MagicLinkOptions } from './magic-link.ts'
import type { SignInMethod } from './method.ts'
import { createPasskey, type PasskeyOptions } from './passkey.ts'
import { createRecoveryCode, type RecoveryCodeOptions } from './recovery-code.ts'
import { createTotp, type TotpOptions } from './totp.ts'

export type MethodOptions = MagicLinkOptions & PasskeyOptions & TotpOptions & RecoveryCodeOptions

/**
 * Every way in. The first is the one that the address field begins; where several would do as a further step, the one that stands
 * first is asked for first.
 */
export function createMethods(options: MethodOptions): readonly [SignInMethod, ...SignInMethod[]] {
  return [createMagicLink(options), createPasskey(options), createTotp(options), createRecoveryCode(options)]
}
