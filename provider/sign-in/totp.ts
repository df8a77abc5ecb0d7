import { type Locale, locales } from '../../views/page-context.ts'
import { speak } from '../../views/messages.ts'
import { renderEnrolTotp } from '../../views/sign-in/enrol-totp.tsx'
import { renderTotpStep } from '../../views/sign-in/totp-step.tsx'
import { recordEvent } from '../audit/record.ts'
import type { Clock } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import type { Proof } from '../policy/proof.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { TotpDeviceRecord } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { findStep, keyOf, keyUriOf, readCode } from '../totp/codes.ts'
import { createTotpVerifier, mostDevices, totpMethod } from '../totp/devices.ts'
import { createPendingSecrets } from '../totp/pending-secret.ts'
import { findWait } from '../users/factor-tries.ts'
import type { Enrollable, EnrolmentContext, SignInMethod, Verdict } from './method.ts'

/*
 * Authenticator apps: a second factor, never a way to begin. The codes themselves are in provider/totp; here is what a sign-in makes of
 * them.
 */

export interface TotpOptions {
  cipher: FieldCipher
  store: Store
  clock: Clock
  /** By which the app lists the account. */
  installationName: string
}

export function createTotp({ cipher, store, clock, installationName }: TotpOptions): SignInMethod {
  const verifyCode = createTotpVerifier({ store, clock })
  const pendingSecrets = createPendingSecrets({ store, cipher })
  const ownerOf = ({ user, binding }: EnrolmentContext) => ({ userId: user.id, binding })
  const proofOf = (userId: string): Proof => ({
    method: totpMethod,
    subject: { kind: 'user', userId },
    factors: ['otp'],
    at: Math.floor(clock().getTime() / 1000),
  })

  const enrolment: Enrollable = {
    label: page => speak(page.locale).say('enrol-totp.heading'),
    adds: ['otp'],

    async show(context, page, urls, problem) {
      const devices = await context.repositories.totpDevices.listForUser(context.user.id)
      const isFull = devices.length >= mostDevices
      const secret = isFull ? undefined : await pendingSecrets.findOrCreate(ownerOf(context))
      const account = { issuer: installationName, account: context.user.address }
      return renderEnrolTotp(page, {
        secret: secret && { keyUri: keyUriOf(secret, account), key: keyOf(secret) },
        form: { action: urls.confirm },
        back: urls.back,
        problem,
      })
    },

    async confirm(context, form) {
      const refuse = (problem: Extract<Verdict, { kind: 'refused' }>['problem']) => ({ kind: 'refused', problem }) as const
      const read = readCode(form['code'] ?? '')
      if (read.kind === 'empty') return refuse('field-needed')
      if (read.kind === 'not-six-digits') return refuse('code-not-six-digits')
      const secret = await pendingSecrets.find(ownerOf(context))
      if (secret === undefined) return refuse('attempt-expired')
      // No guess is worth anything here: whoever types the code has the secret on the page before them.
      const match = findStep(secret, read.code, clock())
      if (match === undefined) return refuse('code-wrong')
      if (!match.near) return refuse('clock-off')
      const devices = await context.repositories.totpDevices.listForUser(context.user.id)
      if (devices.length >= mostDevices) return refuse('too-many-devices')
      if (!(await pendingSecrets.end(ownerOf(context)))) return refuse('attempt-expired')
      const name = nameFor(context.facts.locale, devices)
      const now = clock()
      // The code that confirms is used up by it, as any other.
      await enrol(context, {
        id: newId(),
        userId: context.user.id,
        secret,
        name,
        lastStep: match.step,
        createdAt: now,
        lastUsedAt: now,
      })
      return { kind: 'enrolled', proof: proofOf(context.user.id), notice: { kind: 'authenticator-added', name } }
    },
  }

  async function enrol({ repositories, circumstances }: EnrolmentContext, device: TotpDeviceRecord): Promise<void> {
    const { id, userId, name } = device
    await Promise.all([
      repositories.totpDevices.create(device),
      recordEvent(repositories, { action: 'totp-device.added', userId, device_id: id, after: { name } }, circumstances),
    ])
  }

  return {
    id: totpMethod,
    yields: ['otp'],
    enrolment,

    listEnrolments: ({ totpDevices }) => (totpDevices > 0 ? [{ method: totpMethod, factors: ['otp'] }] : []),

    label: page => speak(page.locale).say('other-way.totp'),

    async show(repositories, { userId }, page, urls, notice) {
      return renderTotpStep(page, {
        form: { action: urls.verify, fields: { method: totpMethod } },
        problem: notice.problem,
        waitSeconds: userId === undefined ? 0 : await findWait(repositories, userId, totpMethod, clock),
        otherWays: notice.otherWays ?? [],
        changeAddress: { action: urls.change },
      })
    },

    async verify({ repositories, circumstances }, attempt, form) {
      const { id, userId } = attempt
      if (userId === undefined) return { kind: 'refused', problem: 'attempt-expired' }
      const verdict = await verifyCode(repositories, userId, form['code'] ?? '')
      if (verdict.kind === 'accepted') return { kind: 'proved', proof: proofOf(userId) }
      await recordEvent(repositories, { action: 'totp.refused', userId, attempt_id: id, reason: verdict.problem }, circumstances)
      return verdict
    },
  }
}

/** "Authenticator app", and a number where there is one already. */
function nameFor(tag: string, devices: readonly Pick<TotpDeviceRecord, 'name'>[]): string {
  const { say } = speak(locales.find((locale): locale is Locale => locale === tag) ?? 'en')
  const taken = new Set(devices.map(({ name }) => name))
  const names = [say('totp.name')]
  for (let number = 2; number <= devices.length + 1; number += 1) names.push(say('totp.name-numbered', { number }))
  return names.find(name => !taken.has(name)) ?? say('totp.name')
}
