import { speak } from '../../views/messages.ts'
import { renderEnrolPasskey } from '../../views/sign-in/enrol-passkey.tsx'
import { renderPasskeyStep } from '../../views/sign-in/passkey-step.tsx'
import { recordEvent } from '../audit/record.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { listNames, suggestPasskeyName } from '../passkeys/authenticator-names.ts'
import type { AuthenticationVerdict } from '../passkeys/authentication.ts'
import type { PasskeyCeremonies } from '../passkeys/ceremonies.ts'
import type { Factor, Proof } from '../policy/proof.ts'
import type { AttemptRecord, PasskeyRecord, UserRecord } from '../ports/records.ts'
import type { RateLimit, RateLimiter } from '../ports/rate-limiter.ts'
import type { Notices } from '../users/notices.ts'
import type { Enrollable, EnrolmentContext, EnrolmentVerdict, MethodContext, SignInMethod, Verdict } from './method.ts'

/*
 * Passkeys: to begin a sign-in with, as a second factor, and to enrol. The ceremonies themselves are in provider/passkeys; here is
 * what a sign-in makes of them.
 */

/** More than anybody has devices; a bound for lists. */
export const passkeysPerPerson = 20

/** Whoever has a copy can have it refused as often as they like. */
const suspicionNotices: RateLimit = { name: 'passkey-suspicion-notices', points: 1, windowSeconds: 86_400 }

export interface PasskeyOptions {
  ceremonies: PasskeyCeremonies
  /** The models (AAGUID) of which a new passkey has to be, and to prove that it is; undefined: any. */
  acceptedModels?: ReadonlySet<string> | undefined
  clock: Clock
  rpId: string
  notices: Notices
  rateLimiter: RateLimiter
}

type AuthenticationRefusal = Extract<AuthenticationVerdict, { kind: 'refused' }>['reason']

const problems: Record<AuthenticationRefusal, ErrorCode> = {
  malformed: 'passkey-refused',
  'wrong-origin': 'passkey-refused',
  'cross-origin': 'passkey-refused',
  expired: 'passkey-expired',
  'unknown-credential': 'passkey-unknown',
  'other-account': 'passkey-of-another',
  'other-relying-party': 'passkey-refused',
  'user-not-verified': 'passkey-not-verified',
  unproved: 'passkey-refused',
  counter: 'passkey-suspicious',
  'backup-eligibility': 'passkey-suspicious',
}

export function createPasskey({ ceremonies, acceptedModels, clock, rpId, notices, rateLimiter }: PasskeyOptions): SignInMethod {
  const now = () => Math.floor(clock().getTime() / 1000)
  const accepted = acceptedModels && listNames(acceptedModels)
  const isAccepted = ({ attested, aaguid }: Pick<PasskeyRecord, 'attested' | 'aaguid'>) =>
    acceptedModels === undefined || (attested && acceptedModels.has(aaguid))

  const enrolment: Enrollable = {
    label: page => speak(page.locale).say('enrol-passkey.heading'),
    adds: ['pop', 'user'],

    async show(_context, page, urls, problem) {
      return renderEnrolPasskey(page, {
        form: { action: urls.confirm },
        optionsUrl: urls.options,
        back: urls.back,
        accepted,
        ...(problem === undefined ? {} : { problem }),
      })
    },

    async options({ repositories, user, binding }) {
      const [handle, existing] = await Promise.all([
        repositories.accounts.findOrCreatePasskeyHandle(user.id),
        repositories.passkeys.listForUser(user.id),
      ])
      const { address, name } = user
      return ceremonies.beginRegistration({ ceremony: ceremonyOf(user, binding), user: { handle, address, name }, existing })
    },

    async confirm(context, form) {
      const verdict = await ceremonies.finishRegistration({
        ceremony: ceremonyOf(context.user, context.binding),
        response: form['response'],
      })
      if (verdict.kind === 'refused')
        return { kind: 'refused', problem: verdict.reason === 'expired' ? 'passkey-expired' : 'passkey-refused' }
      if (!isAccepted(verdict.passkey)) return { kind: 'refused', problem: 'passkey-of-other-model' }
      return enrol(context, { ...verdict.passkey, id: newId(), userId: context.user.id, name: '', lastUsedAt: undefined })
    },
  }

  async function enrol(context: EnrolmentContext, made: PasskeyRecord): Promise<EnrolmentVerdict> {
    const { repositories, user, facts, circumstances } = context
    const existing = await repositories.passkeys.listForUser(user.id)
    if (existing.length >= passkeysPerPerson) return { kind: 'refused', problem: 'too-many-passkeys' }
    const passkey = { ...made, name: suggestPasskeyName(made, facts.device) }
    try {
      await repositories.passkeys.create(passkey)
    } catch (error) {
      if (error instanceof AppError && error.code === 'conflict') return { kind: 'refused', problem: 'passkey-of-another' }
      throw error
    }
    await recordEvent(
      repositories,
      { action: 'passkey.added', userId: user.id, passkey_id: passkey.id, after: describePasskey(passkey) },
      circumstances,
    )
    return { kind: 'enrolled', proof: proofBy(passkey, true), notice: { kind: 'passkey-added', name: passkey.name } }
  }

  function proofBy(passkey: PasskeyRecord, userVerified: boolean): Proof {
    return {
      method: 'passkey',
      subject: { kind: 'user', userId: passkey.userId },
      factors: factorsOf(passkey).filter(factor => factor !== 'user' || userVerified),
      at: now(),
      ...(passkey.attested ? { authenticator: passkey.aaguid } : {}),
    }
  }

  return {
    id: 'passkey',
    // What nobody can prove to be bound to its hardware is never taken to be.
    yields: ceremonies.provesModels ? ['pop', 'hwk', 'user'] : ['pop', 'user'],
    isDirect: true,
    enrolment,

    // Also those of another relying party, as before a move: what somebody enrolled is asked for, or a recovery code in its place.
    listEnrolments: factors =>
      factors.passkeys.map(passkey => ({
        method: 'passkey',
        factors: factorsOf(passkey),
        ...(passkey.attested ? { authenticator: passkey.aaguid } : {}),
      })),

    beginning: {
      parse: () => ({ address: undefined }),
      limit: async () => 'send',
      prepare: async () => async () => {},
      offer: (urls, page, options) => ({
        kind: 'passkey',
        label: speak(page.locale).say('other-way.passkey'),
        form: { action: urls.verify, fields: { method: 'passkey' } },
        optionsUrl: urls.options,
        options,
      }),
    },

    label: page => speak(page.locale).say('other-way.passkey'),

    async options({ repositories }, attempt, binding) {
      const userId = attempt?.userId
      const allow = userId === undefined ? undefined : await repositories.passkeys.listForUser(userId)
      return ceremonies.beginAuthentication({
        ceremony: binding,
        userVerification: 'required',
        ...(allow === undefined ? {} : { allow }),
      })
    },

    async show(repositories, attempt, page, urls, notice) {
      const own = attempt.userId === undefined ? undefined : await repositories.passkeys.listForUser(attempt.userId)
      const unknown = notice.problem === 'passkey-unknown' ? credentialIdIn(notice.form?.['response']) : undefined
      return renderPasskeyStep(page, {
        form: { action: urls.verify, fields: { method: 'passkey' } },
        optionsUrl: urls.options,
        isSecondStep: own !== undefined,
        accepted,
        noneFits: own?.every(passkey => passkey.rpId !== rpId) === true,
        otherWays: notice.otherWays ?? [],
        changeAddress: { action: urls.change },
        ...(notice.problem === undefined ? {} : { problem: notice.problem }),
        ...(unknown === undefined ? {} : { signals: { unknown: { rpId, credentialId: unknown } } }),
      })
    },

    async verify(context, attempt, form, binding) {
      const { repositories } = context
      const verdict = await ceremonies.finishAuthentication({
        ceremony: binding,
        response: form['response'],
        find: credentialId => repositories.passkeys.findByCredentialId(credentialId),
        ...(attempt.userId === undefined ? {} : { userId: attempt.userId }),
      })
      if (verdict.kind === 'refused') return refuse(context, attempt, verdict)
      const { passkey, userVerified, signCount, backedUp } = verdict
      const { id, userId } = passkey
      if (!(await repositories.passkeys.recordUse({ id, userId, signCount, backedUp, usedAt: clock() })))
        return refuse(context, attempt, { kind: 'refused', reason: 'counter', passkey })
      return { kind: 'proved', proof: proofBy(passkey, userVerified) }
    },
  }

  async function refuse(
    context: MethodContext,
    attempt: AttemptRecord,
    verdict: Extract<AuthenticationVerdict, { kind: 'refused' }>,
  ): Promise<Verdict> {
    const { repositories, circumstances } = context
    const { reason } = verdict
    if ('passkey' in verdict) await suspect(context, attempt, reason, verdict.passkey)
    else {
      const about = { userId: attempt.userId, attempt_id: attempt.id, passkey_id: '', reason }
      await recordEvent(repositories, { action: 'passkey.refused', ...about }, circumstances)
    }
    return { kind: 'refused', problem: problems[reason] }
  }

  /** Has its person told, whoever it was that used it: the key itself was right, so somebody has it. */
  async function suspect(
    { repositories, circumstances, facts }: MethodContext,
    attempt: AttemptRecord,
    reason: string,
    passkey: PasskeyRecord,
  ): Promise<void> {
    const { id, userId, name } = passkey
    const about = { userId, attempt_id: attempt.id, passkey_id: id, reason, after: describePasskey(passkey) }
    await recordEvent(repositories, { action: 'passkey.suspected', ...about }, circumstances)
    const user = await repositories.users.findById(userId)
    if (user !== undefined && (await rateLimiter.consume(suspicionNotices, id)).allowed)
      await notices.notify(repositories, user, { kind: 'passkey-suspicious', name }, facts)
  }
}

/** A key on hardware that said, and proved, which model it is, and that cannot be copied elsewhere. */
function factorsOf(passkey: Pick<PasskeyRecord, 'attested' | 'backupEligible'>): Factor[] {
  return passkey.attested && !passkey.backupEligible ? ['pop', 'hwk', 'user'] : ['pop', 'user']
}

/** What the audit log says of a passkey. */
export function describePasskey({ name, aaguid, attested, backupEligible, rpId }: PasskeyRecord) {
  return { name, aaguid, attested, backup_eligible: backupEligible, rp_id: rpId }
}

/** One sign-in may be of several people, one after the other: a passkey is made for who it was asked for, under their handle. */
function ceremonyOf({ id }: Pick<UserRecord, 'id'>, binding: string): string {
  return `${id} ${binding}`
}

/** The credential that an answer was given with, for the browser to hear that nobody has it. */
function credentialIdIn(response: string | undefined): string | undefined {
  try {
    const parsed: unknown = JSON.parse(response ?? '')
    const id = typeof parsed === 'object' && parsed !== null && 'id' in parsed ? parsed.id : undefined
    return typeof id === 'string' && /^[A-Za-z0-9_-]{1,1400}$/.test(id) ? id : undefined
  } catch {
    return undefined
  }
}
