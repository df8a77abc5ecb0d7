import { randomBytes } from 'node:crypto'
import { createMemoryStore } from '../../adapters/memory/store.ts'
import type { AuthenticationVerdict, OwnedPasskey } from '../../provider/passkeys/authentication.ts'
import {
  createPasskeyCeremonies,
  type PasskeyCeremonies,
  type PasskeyCeremonyOptions,
} from '../../provider/passkeys/ceremonies.ts'
import type { RegistrationVerdict } from '../../provider/passkeys/registration.ts'
import type { Store } from '../../provider/ports/store.ts'
import { type Behaviour, createSoftwareAuthenticator, type SoftwareAuthenticator } from './software-authenticator.ts'

export const issuer = 'https://id.example.com'
export const relatedOrigin = 'https://id.example.org'

export interface PasskeyPerson {
  handle: Buffer
  address: string
  name: string | undefined
}

export const ada: PasskeyPerson = { handle: randomBytes(32), address: 'ada@example.com', name: 'Ada' }
export const bob: PasskeyPerson = { handle: randomBytes(32), address: 'bob@example.com', name: undefined }

/** The ceremonies of an installation, an authenticator, and what the installation keeps of its passkeys. */
export interface PasskeyStage {
  now: Date
  store: Store
  authenticator: SoftwareAuthenticator
  kept: OwnedPasskey[]
  passkeys: PasskeyCeremonies
  /** Another set of ceremonies, on the same store. */
  create(changes?: Partial<PasskeyCeremonyOptions>): PasskeyCeremonies
  find(credentialId: Buffer): Promise<OwnedPasskey | undefined>
  tryToRegister(user?: PasskeyPerson, changes?: Partial<Behaviour>): Promise<RegistrationVerdict>
  register(user?: PasskeyPerson, changes?: Partial<Behaviour>): Promise<OwnedPasskey>
  signIn(
    changes?: Parameters<SoftwareAuthenticator['get']>[1],
    asked?: { allow?: OwnedPasskey[]; userId?: string; userVerification?: 'required' | 'preferred' },
  ): Promise<AuthenticationVerdict>
}

export function stagePasskeys(): PasskeyStage {
  const store = createMemoryStore(() => stage.now)
  const create = (changes: Partial<PasskeyCeremonyOptions> = {}) =>
    createPasskeyCeremonies({
      store,
      clock: () => stage.now,
      issuer,
      rpId: 'id.example.com',
      relatedOrigins: [relatedOrigin],
      installationName: 'Meadow',
      ...changes,
    })
  const stage: PasskeyStage = {
    now: new Date('2030-01-02T12:00:00Z'),
    store,
    authenticator: createSoftwareAuthenticator({ origin: issuer }),
    kept: [],
    passkeys: create(),
    create,
    find: async credentialId => stage.kept.find(passkey => passkey.credentialId.equals(credentialId)),
    async tryToRegister(user = ada, changes = {}) {
      const options = await stage.passkeys.beginRegistration({ ceremony: 'session', user, existing: [] })
      const response = JSON.stringify(stage.authenticator.create(options, changes))
      return await stage.passkeys.finishRegistration({ ceremony: 'session', response })
    },
    async register(user = ada, changes = {}) {
      const verdict = await stage.tryToRegister(user, changes)
      if (verdict.kind === 'refused') throw new Error(verdict.reason)
      const owner = { id: `passkey-${stage.kept.length}`, userId: user.address, handle: user.handle }
      const owned = { ...verdict.passkey, ...owner, name: 'Passkey', lastUsedAt: undefined }
      stage.kept.push(owned)
      return owned
    },
    async signIn(changes = {}, { allow, userId, userVerification = 'required' } = {}) {
      const options = await stage.passkeys.beginAuthentication({ ceremony: 'attempt', userVerification, ...(allow && { allow }) })
      const response = stage.authenticator.get(options, changes)
      const { find } = stage
      return await stage.passkeys.finishAuthentication({ ceremony: 'attempt', response, find, ...(userId && { userId }) })
    },
  }
  return stage
}
