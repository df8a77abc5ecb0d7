import type { Clock } from '../kernel/clock.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { TotpDeviceRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { Store } from '../ports/store.ts'
import { countTry } from '../users/factor-tries.ts'
import { findStep, readCode, stepSeconds } from './codes.ts'

export const totpMethod = 'totp'
/** How many devices a person may have. Each is looked at with every code. */
export const mostDevices = 10

export type TotpVerdict = { kind: 'accepted'; device: TotpDeviceRecord } | { kind: 'refused'; problem: ErrorCode }

export interface TotpVerifierOptions {
  store: Store
  clock: Clock
}

/** Looks at codes of people's devices. */
export function createTotpVerifier({ store, clock }: TotpVerifierOptions) {
  const disclosedKey = (device: TotpDeviceRecord, step: number) => `totp-disclosed:${device.id}:${step}`

  /**
   * Takes a code of any of a person's devices, in the caller's transaction, which has to be kept where the code is refused too. Each
   * time step of a device is taken once, by one caller.
   */
  return async function verifyCode(repositories: Repositories, userId: string, typed: string): Promise<TotpVerdict> {
    const refuse = (problem: ErrorCode) => ({ kind: 'refused', problem }) as const
    const read = readCode(typed)
    if (read.kind === 'empty') return refuse('field-needed')
    if (read.kind === 'not-six-digits') return refuse('code-not-six-digits')
    if (!(await countTry(repositories, userId, totpMethod, clock))) return refuse('tries-paused')
    const devices = await repositories.totpDevices.listForUser(userId)
    const found = devices.flatMap(device => {
      const match = findStep(device.secret, read.code, clock())
      return match === undefined ? [] : [{ device, ...match }]
    })
    for (const { device, step } of found.filter(({ near }) => near)) {
      if ((await store.get(disclosedKey(device, step))) !== undefined) return refuse('code-wrong')
      if (!(await repositories.totpDevices.takeStep(userId, device.id, step, clock()))) return refuse('code-used')
      await repositories.factorFailures.reset(userId, totpMethod)
      return { kind: 'accepted', device }
    }
    if (found.length === 0) return refuse('code-wrong')
    // Whoever hears that a code is right at another time must not come back with it then: guesses could be tried beforehand.
    for (const { device, step } of found) await store.put(disclosedKey(device, step), '1', disclosureSeconds)
    return refuse('clock-off')
  }
}

/** Longer than the time until a code that was recognised could be taken. */
const disclosureSeconds = 20 * stepSeconds
