import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import { hashSecret } from '../kernel/secrets.ts'
import type { Clock } from '../kernel/clock.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { Store } from '../ports/store.ts'
import { belongsTo, markBrowser } from './interaction-browser.ts'
import { currentContext, currentState } from './request-state.ts'
import { proofsThatCount } from './session-proofs.ts'
import { createPayloadSealer, epochSeconds, secondsLeft } from './sealed-store.ts'
import type { KeptEnd } from './session-cache.ts'
import { carryChoice } from './workspace-choice.ts'

/** Models whose loss costs a person one more step: they lie in the store, sealed, under the hash of their id. */
export const storedModels = ['Interaction', 'AuthorizationCode', 'PushedAuthorizationRequest', 'DeviceCode'] as const

export type StoredModel = (typeof storedModels)[number]

interface StoreAdapterOptions {
  model: StoredModel
  store: Store
  cipher: FieldCipher
  clock: Clock
  /** Ends everything under a grant: a code that is used twice was stolen (RFC 6749 §4.1.2). */
  revokeGrant(grantId: string): Promise<void>
}

/** oidc-provider's storage interface over the store. Consuming is atomic: of several requests with one code, one gets through. */
export function createStoreAdapter({ model, store, cipher, clock, revokeGrant }: StoreAdapterOptions): Adapter {
  const keyOf = (id: string) => `${model}:${hashSecret(id).toString('base64url')}`
  const userCodeKeyOf = (userCode: string) => `user-code:${cipher.blindIndex('code', userCode).toString('base64url')}`

  const { seal, open: openPayload } = createPayloadSealer(cipher, model)
  const open = (key: string, id: string, sealed: string): AdapterPayload => ({ ...openPayload(key, sealed), jti: id })
  const find = async (id: string) => {
    const key = keyOf(id)
    const sealed = await store.get(key)
    if (sealed === undefined) return undefined
    const payload = open(key, id, sealed)
    const ctx = currentContext()
    if (model === 'Interaction' && ctx !== undefined && !belongsTo(payload, ctx)) return undefined
    const state = currentState()
    if (state !== undefined) state.foundSealed = { key, sealed }
    return payload
  }

  return {
    find,
    async upsert(id, payload, expiresIn) {
      const key = keyOf(id)
      const ttlSeconds = expiresIn ?? secondsLeft(payload, clock)
      if (model === 'Interaction' && payload['result'] !== undefined) return finish(key, id, payload, ttlSeconds)
      const ctx = currentContext()
      const kept =
        model === 'Interaction' && ctx !== undefined
          ? { ...payload, ...carryChoice(ctx, payload), ...markBrowser(ctx), proofs: proofsThatCount(ctx), ...tellSignedOut() }
          : payload
      await store.put(key, seal(key, kept), ttlSeconds)
      if (payload.userCode !== undefined) await store.put(userCodeKeyOf(payload.userCode), sealId(id), ttlSeconds)
    },
    async consume(id) {
      const key = keyOf(id)
      const found = currentState()?.foundSealed
      const sealed = found?.key === key ? found.sealed : await store.get(key)
      const payload = sealed === undefined ? undefined : open(key, id, sealed)
      if (payload !== undefined && payload['consumed'] === undefined) {
        const next = seal(key, { ...payload, consumed: epochSeconds(clock) })
        if (await store.compareAndSet(key, sealed, next, secondsLeft(payload, clock))) return
      }
      if (payload?.grantId !== undefined) await revokeGrant(payload.grantId)
      throw model === 'PushedAuthorizationRequest'
        ? new errors.InvalidRequestUri('request_uri was already used')
        : new errors.InvalidGrant('already used')
    },
    async destroy(id) {
      const taken = await store.take(keyOf(id))
      if (taken === undefined && model === 'Interaction') throw interactionGone()
    },
    async findByUserCode(userCode) {
      const sealed = await store.get(userCodeKeyOf(userCode))
      return sealed === undefined ? undefined : find(openId(sealed))
    },
    async findByUid() {
      return undefined
    },
    // Whatever hangs on a grant is checked against the grant when it is used, so the grant's end is enough.
    async revokeByGrantId() {},
  }

  /** An interaction is finished and resumed once: of two tabs that go on at the same moment, one does, and none revives it. */
  async function finish(key: string, id: string, payload: AdapterPayload, ttlSeconds: number): Promise<void> {
    const current = await store.get(key)
    const before = current === undefined ? undefined : open(key, id, current)['result']
    // oidc-provider saves it once more, with the same result, where another person was signed in.
    const decided = before !== undefined && JSON.stringify(before) !== JSON.stringify(payload['result'])
    const finished =
      current !== undefined && !decided && (await store.compareAndSet(key, current, seal(key, payload), ttlSeconds))
    if (!finished) throw interactionGone()
  }

  function sealId(id: string): string {
    return cipher.installation.seal({ table: 'store', column: 'user-code', row: model }, id).toString('base64url')
  }
  function openId(sealed: string): string {
    return cipher.installation.open({ table: 'store', column: 'user-code', row: model }, Buffer.from(sealed, 'base64url'))
  }
}

function interactionGone(): Error {
  return new errors.SessionNotFound('interaction session not found')
}

/** Has the page that the interaction leads to say why somebody is signed out, and no other one after it. */
function tellSignedOut(): { signedOut?: KeptEnd } {
  const state = currentState()
  if (state?.signedOut === undefined) return {}
  state.signedOutIsTold = true
  const { reason, at } = state.signedOut
  return { signedOut: { reason, at } }
}
