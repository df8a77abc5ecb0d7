import { type AccessPassMethodOptions, createAccessPass } from './access-pass.ts'
import type { Connection } from '../connections/connection.ts'
import { createFederated, type FederatedOptions } from './federated.ts'
import { createMagicLink, type MagicLinkOptions } from './magic-link.ts'
import { createPasskey, type PasskeyOptions } from './passkey.ts'
import { createPasskeyOffer, type PasskeyOfferOptions } from './passkey-offer.ts'
import { createRecoveryCode, type RecoveryCodeOptions } from './recovery-code.ts'
import type { RoutedMethod } from './routed-method.ts'
import { createTotp, type TotpOptions } from './totp.ts'

export type MethodOptions = MagicLinkOptions &
  PasskeyOptions &
  PasskeyOfferOptions &
  TotpOptions &
  RecoveryCodeOptions &
  AccessPassMethodOptions &
  FederatedOptions & { connections: readonly Connection[] }

/**
 * Every way in. The first is the one that the address field begins; where several would do as a further step, the one that stands
 * first is asked for first.
 */
export function createMethods(options: MethodOptions): readonly [RoutedMethod, ...RoutedMethod[]] {
  return [
    createMagicLink(options),
    { ...createPasskey(options), enrolmentOffer: createPasskeyOffer(options) },
    createTotp(options),
    createRecoveryCode(options),
    createAccessPass(options),
    // One for each connection that is configured: what is configured no more is no way in.
    ...options.connections.map(connection => createFederated(connection, options)),
  ]
}
