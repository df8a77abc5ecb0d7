import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Decision, decide, decideChange, highestLevel, type Question, type Requirement } from '../../provider/policy/gate.ts'
import { isPrimary, levelOf, levels, reaches } from '../../provider/policy/levels.ts'
import type { Enrolment, Factor, Proof } from '../../provider/policy/proof.ts'

const now = 1_900_000_000
const ada = { kind: 'user', userId: 'ada' } as const

/** What each method proves when it succeeds. */
const shows = {
  email: ['email'],
  google: ['fed'],
  'google-with-mfa': ['fed', 'mfa'],
  passkey: ['pop', 'user'],
  'security-key': ['pop', 'hwk', 'user'],
  'touched-key': ['pop'],
  totp: ['otp'],
  recovery: ['recovery'],
} as const satisfies Record<string, readonly Factor[]>

type MethodName = keyof typeof shows

function proof(method: MethodName, secondsAgo = 0): Proof {
  return { method, subject: ada, factors: shows[method], at: now - secondsAgo }
}

function enrolment(method: MethodName): Enrolment {
  return { method, factors: shows[method] }
}

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

  it.each(['totp', 'recovery', 'touched-key'] as const)('not %s, which is only ever a second factor', method => {
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
    expect(ask({ proofs: [proof('email')], request })).toEqual({ kind: 'enrolment-needed', level: 'multi-factor' })
    expect(ask({ proofs: [proof('email'), proof('totp')], request })).toMatchObject({ kind: 'satisfied' })
  })

  it('proofs no older than max_age, to the second; older ones keep the level that they reached', () => {
    const request = { acrValues: [], maxAgeSeconds: 60 }
    expect(ask({ proofs: [proof('email', 60)], request })).toMatchObject({ kind: 'satisfied', authTime: now - 60 })
    expect(ask({ proofs: [proof('email', 61)], request })).toEqual({ kind: 'proof-needed' })
    expect(ask({ proofs: [proof('passkey', 900), proof('email')], request })).toMatchObject({
      kind: 'satisfied',
      acr: 'phr',
      authTime: now,
    })
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
    expect(ask({ proofs: [other], requirements })).toMatchObject({ kind: 'enrolment-needed', level: 'phr' })
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

  it('or a recovery code in place of what was lost', () => {
    expect(decideChange({ proofs: [proof('email'), proof('recovery')], enrolments, now })).toMatchObject({ kind: 'satisfied' })
    expect(decideChange({ proofs: [proof('recovery')], enrolments, now })).toMatchObject({ kind: 'proof-needed' })
  })
})

/*
 * Histories: people who have enrolled this and that prove one thing after another, in any order and at any pace, to apps and
 * workspaces that ask for anything.
 */
const anyMethod = fc.constantFrom(...(Object.keys(shows) as MethodName[]))
const anyProof = fc.tuple(anyMethod, fc.integer({ min: 0, max: 2000 })).map(([method, ago]) => proof(method, ago))
const anyEnrolments = fc
  .uniqueArray(fc.constantFrom<MethodName>('passkey', 'security-key', 'totp', 'recovery'))
  .map(methods => methods.map(enrolment))
const anyRequirement: fc.Arbitrary<Requirement> = fc.record({
  level: fc.constantFrom(...levels),
  from: fc.option(fc.integer({ min: now - 100, max: now + 100 }), { nil: undefined }),
  authenticators: fc.option(fc.constant(new Set(['good-model'])), { nil: undefined, freq: 5 }),
})
const anyRequest = fc.record({
  acrValues: fc.array(fc.constantFrom(...levels, 'urn:of:somebody'), { maxLength: 3 }),
  maxAgeSeconds: fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined }),
})
const anyQuestion: fc.Arbitrary<Question> = fc.record({
  proofs: fc.array(anyProof, { maxLength: 5 }),
  enrolments: anyEnrolments,
  request: anyRequest,
  requirements: fc.array(anyRequirement, { maxLength: 3 }),
  now: fc.constant(now),
})

describe('whatever happened before', () => {
  it('nothing is issued below what policy asks', () => {
    fc.assert(
      fc.property(anyQuestion, question => {
        const decision = decide(question)
        if (decision.kind !== 'satisfied') return
        const { proofs, enrolments, request, requirements } = question
        const fresh = proofs.filter(({ at }) => request.maxAgeSeconds === undefined || now - at <= request.maxAgeSeconds)
        expect(fresh.some(isPrimary)).toBe(true)
        for (const { level, from, authenticators } of requirements) {
          if (from !== undefined && from > now) continue
          const counting = authenticators === undefined ? fresh : fresh.filter(({ factors }) => !factors.includes('pop'))
          expect(reaches(levelOf(counting), level)).toBe(true)
        }
        const named = levels.filter(level => request.acrValues.includes(level))
        if (named[0] !== undefined) expect(reaches(levelOf(fresh), named[0])).toBe(true)
        const unused = enrolments.filter(({ method }) => !fresh.some(shown => shown.method === method))
        if (unused.length > 0) expect(reaches(levelOf(fresh), 'multi-factor')).toBe(true)
        expect(decision.acr).toBe(levelOf(proofs))
      }),
      { numRuns: 5000 },
    )
  })

  it('a later proof lowers nothing', () => {
    fc.assert(
      fc.property(anyQuestion, anyMethod, (question, method) => {
        const before = decide(question)
        const after = decide({ ...question, proofs: [...question.proofs, proof(method)] })
        if (before.kind !== 'satisfied') return
        if (after.kind !== 'satisfied') throw new Error('what was enough is enough no more')
        expect(reaches(after.acr, before.acr)).toBe(true)
        expect(after.amr).toEqual(expect.arrayContaining(before.amr))
      }),
    )
  })

  it('whoever does what is asked, each time, gets in', () => {
    fc.assert(
      fc.property(anyQuestion, question => {
        let { proofs, enrolments } = question
        // A model that is on the list, attested: what such a requirement can be met with.
        const model = { authenticator: 'good-model' }
        for (let step = 0; step < 8; step += 1) {
          const decision = decide({ ...question, proofs, enrolments })
          switch (decision.kind) {
            case 'satisfied':
              return
            case 'proof-needed':
              proofs = [...proofs, proof('email')]
              break
            case 'factor-needed': {
              const [method] = decision.methods
              const enrolled = enrolments.find(each => each.method === method)
              if (enrolled === undefined) throw new Error('asked for what is not enrolled')
              proofs = [...proofs, { ...enrolled, subject: ada, at: now }]
              break
            }
            case 'enrolment-needed': {
              const added = { ...enrolment('security-key'), ...model, method: `new-key-${step}` }
              enrolments = [...enrolments, added]
              proofs = [...proofs, { ...added, subject: ada, at: now }]
            }
          }
        }
        throw new Error('asked for ever')
      }),
      { numRuns: 5000 },
    )
  })

  it('whoever has lost all but their recovery codes gets in, too', () => {
    fc.assert(
      fc.property(anyQuestion, question => {
        let enrolments = [...question.enrolments.filter(({ method }) => method !== 'recovery'), enrolment('recovery')]
        let proofs: Proof[] = []
        const model = { authenticator: 'good-model' }
        const enrol = (step: number) => {
          const added = { ...enrolment('security-key'), ...model, method: `new-key-${step}` }
          enrolments = [...enrolments, added]
          proofs = [...proofs, { ...added, subject: ada, at: now }]
        }
        for (let step = 0; step < 8; step += 1) {
          const decision = decide({ ...question, proofs, enrolments })
          if (decision.kind === 'satisfied') return
          if (decision.kind === 'proof-needed') proofs = [...proofs, proof('email')]
          else if (decision.kind === 'enrolment-needed' || decision.mayEnrol) enrol(step)
          else {
            expect(decision.methods).toContain('recovery')
            proofs = [...proofs, proof('recovery')]
          }
        }
        throw new Error('asked for ever')
      }),
      { numRuns: 2000 },
    )
  })

  it('nobody changes a factor below what their account can reach, but with a recovery code', () => {
    fc.assert(
      fc.property(fc.array(anyProof, { maxLength: 5 }), anyEnrolments, (proofs, enrolments) => {
        if (decideChange({ proofs, enrolments, now }).kind !== 'satisfied') return
        const fresh = proofs.filter(({ at }) => now - at <= 600)
        const recovered = fresh.some(({ factors }) => factors.includes('recovery'))
        expect(reaches(levelOf(fresh), recovered ? 'multi-factor' : highestLevel(enrolments))).toBe(true)
      }),
    )
  })
})
