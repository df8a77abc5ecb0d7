import { describe, expect, it } from 'vitest'
import { type Decision, decide, decideChange, type Question, type Requirement } from '../../provider/policy/gate.ts'
import type { Proof } from '../../provider/policy/proof.ts'
import { enrolment, now, proof } from '../support/proofs.ts'

function ask(question: Partial<Question>): Decision {
  return decide({
    proofs: [],
    enrolments: [],
    request: { acrValues: [], maxAgeSeconds: undefined },
    requirements: [],
    now,
    ...question,
  })
}

describe('what is enough where nothing is required', () => {
  it.each(['email', 'google', 'passkey'] as const)('%s', method => {
    expect(ask({ proofs: [proof(method)] })).toMatchObject({ kind: 'satisfied', authTime: now })
  })

  it.each(['totp', 'recovery', 'pass', 'touched-key'] as const)('not %s, which is only ever a second factor', method => {
    expect(ask({ proofs: [proof(method)] })).toEqual({ kind: 'proof-needed' })
  })

  it('names level and methods as the standards do', () => {
    const decision = (...proofs: Proof[]) => ask({ proofs })
    expect(decision(proof('email'))).toMatchObject({ acr: 'single-factor', amr: ['email'] })
    expect(decision(proof('email'), proof('totp'))).toMatchObject({ acr: 'multi-factor', amr: ['email', 'mfa', 'otp'] })
    expect(decision(proof('passkey'))).toMatchObject({ acr: 'phr', amr: ['mfa', 'pop', 'user'] })
    expect(decision(proof('security-key'))).toMatchObject({ acr: 'phrh', amr: ['hwk', 'mfa', 'pop', 'user'] })
    expect(decision(proof('google-with-mfa'))).toMatchObject({ acr: 'multi-factor', amr: ['fed', 'mfa'] })
  })

  it('does not count a mailbox and the account that it belongs to as two factors', () => {
    expect(ask({ proofs: [proof('email'), proof('google')] })).toMatchObject({ acr: 'single-factor' })
  })

  it('asks for what is enrolled all the same', () => {
    expect(ask({ proofs: [proof('email')], enrolments: [enrolment('totp'), enrolment('recovery')] })).toEqual({
      kind: 'factor-needed',
      level: 'multi-factor',
      methods: ['totp', 'recovery'],
      mayEnrol: false,
    })
    expect(ask({ proofs: [proof('passkey')], enrolments: [enrolment('totp')] })).toMatchObject({ kind: 'satisfied' })
  })
})

describe('what an app asks for', () => {
  it('any of the levels that it names, so the weakest of them', () => {
    const request = { acrValues: ['phrh', 'urn:of:somebody', 'multi-factor'], maxAgeSeconds: undefined }
    expect(ask({ proofs: [proof('email')], request })).toEqual({
      kind: 'enrolment-needed',
      level: 'multi-factor',
      otherModel: false,
    })
    expect(ask({ proofs: [proof('email'), proof('totp')], request })).toMatchObject({ kind: 'satisfied' })
  })

  it('proofs no older than max_age, to the second; and no level is told that only older ones reached', () => {
    const request = { acrValues: [], maxAgeSeconds: 60 }
    expect(ask({ proofs: [proof('email', 60)], request })).toMatchObject({ kind: 'satisfied', authTime: now - 60 })
    expect(ask({ proofs: [proof('email', 61)], request })).toEqual({ kind: 'proof-needed' })
    const older = [proof('passkey', 900), proof('email')]
    expect(ask({ proofs: older, request })).toMatchObject({
      kind: 'satisfied',
      acr: 'single-factor',
      amr: ['email'],
      authTime: now,
    })
    expect(ask({ proofs: older })).toMatchObject({ acr: 'phr', authTime: now })
    const stepUp = { acrValues: ['phr'], maxAgeSeconds: 60 }
    expect(ask({ proofs: [proof('passkey', 900), proof('email')], request: stepUp, enrolments: [enrolment('passkey')] })).toEqual(
      {
        kind: 'factor-needed',
        level: 'phr',
        methods: ['passkey'],
        mayEnrol: false,
      },
    )
  })
})

describe('how old a proof is', () => {
  const request = { acrValues: [], maxAgeSeconds: 60 }
  const asked = (signIn: Question['signIn'], ...proofs: Proof[]) => ask({ proofs, request, signIn })

  it('in a sign-in: what it proved itself, as old as it was when the sign-in began, however long that is ago', () => {
    const signIn = { begunAt: now - 3000 }
    expect(asked(signIn, proof('email', 2900), proof('totp', 5))).toMatchObject({
      kind: 'satisfied',
      acr: 'multi-factor',
      authTime: now - 5,
    })
    const seen = (secondsBefore: number) => ({ ...proof('google', 2900), seenAt: signIn.begunAt - secondsBefore })
    expect(asked(signIn, seen(60))).toMatchObject({ kind: 'satisfied' })
    expect(asked(signIn, seen(61))).toEqual({ kind: 'proof-needed' })
  })

  it('in a sign-in: what the session had proved before, by the clock', () => {
    const signIn = { begunAt: now - 30 }
    expect(asked(signIn, proof('email', 60), proof('totp', 5))).toMatchObject({ acr: 'multi-factor' })
    expect(asked(signIn, proof('email', 61), proof('totp', 5))).toEqual({ kind: 'proof-needed' })
    expect(asked(signIn, proof('passkey', 61), proof('email', 5))).toMatchObject({ acr: 'single-factor', amr: ['email'] })
  })

  it('once it was enough: as old as it was then, and no younger', () => {
    const signIn = { begunAt: now - 500, satisfiedAt: now - 470 }
    expect(asked(signIn, proof('email', 530), proof('totp', 470))).toMatchObject({ acr: 'multi-factor', authTime: now - 470 })
    expect(asked(signIn, proof('passkey', 531), proof('email', 470))).toMatchObject({ acr: 'single-factor' })
  })
})

describe('what is required', () => {
  const phishingResistant: Requirement = { level: 'phr' }

  it('takes the strictest', () => {
    const requirements: Requirement[] = [{ level: 'multi-factor' }, phishingResistant]
    const enrolments = [enrolment('totp'), enrolment('passkey')]
    expect(ask({ proofs: [proof('email')], requirements, enrolments })).toMatchObject({ level: 'phr', methods: ['passkey'] })
  })

  it('is due from its date on, and announced before', () => {
    const requirements: Requirement[] = [{ level: 'multi-factor', from: now + 1 }]
    expect(ask({ proofs: [proof('email')], requirements })).toMatchObject({
      kind: 'satisfied',
      due: { level: 'multi-factor', from: now + 1 },
    })
    expect(ask({ proofs: [proof('passkey')], requirements })).toMatchObject({ kind: 'satisfied', due: undefined })
    expect(ask({ proofs: [proof('email')], requirements, now: now + 1 })).toMatchObject({ kind: 'enrolment-needed' })
  })

  it('may name the models of authenticators that count', () => {
    const requirements: Requirement[] = [{ level: 'phr', authenticators: new Set(['good-model']) }]
    const good = { ...proof('passkey'), authenticator: 'good-model' }
    const other = { ...proof('passkey'), authenticator: 'other-model' }
    expect(ask({ proofs: [good], requirements })).toMatchObject({ kind: 'satisfied' })
    expect(ask({ proofs: [other], requirements })).toMatchObject({ kind: 'enrolment-needed', level: 'phr', otherModel: true })
    expect(ask({ proofs: [proof('passkey')], requirements })).toMatchObject({ kind: 'enrolment-needed' })
    const enrolments = [{ ...enrolment('passkey'), authenticator: 'good-model' }]
    expect(ask({ proofs: [other], requirements, enrolments })).toMatchObject({ kind: 'factor-needed', methods: ['passkey'] })
  })

  it('lets who lost a passkey and has a recovery code enrol another', () => {
    const enrolments = [enrolment('passkey'), enrolment('recovery')]
    const proofs = [proof('email'), proof('recovery')]
    expect(ask({ proofs, enrolments })).toMatchObject({ kind: 'satisfied', acr: 'multi-factor' })
    expect(ask({ proofs, enrolments, requirements: [phishingResistant] })).toEqual({
      kind: 'factor-needed',
      level: 'phr',
      methods: ['passkey'],
      mayEnrol: true,
    })
  })

  it('takes a pass of an admin as a second factor, never as a passkey, and not as one beside a recovery code', () => {
    const proofs = [proof('email'), proof('pass')]
    expect(ask({ proofs, enrolments: [enrolment('pass')] })).toMatchObject({
      kind: 'satisfied',
      acr: 'multi-factor',
      amr: ['access-pass', 'email', 'mfa'],
    })
    expect(ask({ proofs, enrolments: [enrolment('pass')], requirements: [phishingResistant] })).toMatchObject({
      kind: 'enrolment-needed',
      level: 'phr',
    })
    expect(ask({ proofs: [proof('pass'), proof('recovery')] })).toEqual({ kind: 'proof-needed' })
    expect(decideChange({ proofs, enrolments: [enrolment('pass')], now })).toMatchObject({ kind: 'satisfied' })
  })

  it('lets nobody enrol before they have shown what they have', () => {
    const requirements = [phishingResistant]
    const enrolments = [enrolment('totp')]
    expect(ask({ proofs: [proof('email')], requirements, enrolments })).toMatchObject({
      kind: 'factor-needed',
      methods: ['totp'],
    })
    expect(ask({ proofs: [proof('email'), proof('totp')], requirements, enrolments })).toMatchObject({ kind: 'enrolment-needed' })
  })
})

describe('changing a factor', () => {
  const enrolments = [enrolment('passkey'), enrolment('totp')]

  it("needs the account's highest level, within ten minutes", () => {
    expect(decideChange({ proofs: [proof('email')], enrolments: [], now })).toMatchObject({ kind: 'satisfied' })
    expect(decideChange({ proofs: [proof('email'), proof('totp')], enrolments, now })).toMatchObject({ methods: ['passkey'] })
    expect(decideChange({ proofs: [proof('passkey', 600)], enrolments, now })).toMatchObject({ kind: 'satisfied' })
    expect(decideChange({ proofs: [proof('passkey', 601)], enrolments, now })).toMatchObject({ kind: 'proof-needed' })
  })

  it('counted from when the person was really seen, where an upstream says that it was earlier', () => {
    const seen = (secondsAgo: number) => [{ ...proof('google'), seenAt: now - secondsAgo }]
    expect(decideChange({ proofs: seen(601), enrolments: [], now })).toEqual({ kind: 'proof-needed' })
    expect(decideChange({ proofs: seen(600), enrolments: [], now })).toMatchObject({ kind: 'satisfied' })
    const request = { acrValues: [], maxAgeSeconds: 600 }
    expect(ask({ proofs: seen(601), request })).toEqual({ kind: 'proof-needed' })
    expect(ask({ proofs: seen(601) })).toMatchObject({ kind: 'satisfied', authTime: now })
  })

  it('or a recovery code in place of what was lost', () => {
    expect(decideChange({ proofs: [proof('email'), proof('recovery')], enrolments, now })).toMatchObject({ kind: 'satisfied' })
    expect(decideChange({ proofs: [proof('recovery')], enrolments, now })).toMatchObject({ kind: 'proof-needed' })
  })
})
