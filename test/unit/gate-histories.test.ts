import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide, decideChange, highestLevel, type Question, type Requirement } from '../../provider/policy/gate.ts'
import { isPrimary, levelOf, levels, reaches } from '../../provider/policy/levels.ts'
import type { Proof } from '../../provider/policy/proof.ts'
import { ada, enrolment, type MethodName, now, proof, shows } from '../support/proofs.ts'

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
        expect(decision.acr).toBe(levelOf(request.maxAgeSeconds === undefined ? proofs : fresh))
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

  it('nobody changes a factor below what their account can reach, but with a recovery code or a pass', () => {
    fc.assert(
      fc.property(fc.array(anyProof, { maxLength: 5 }), anyEnrolments, (proofs, enrolments) => {
        if (decideChange({ proofs, enrolments, now }).kind !== 'satisfied') return
        const fresh = proofs.filter(({ at }) => now - at <= 600)
        const recovered = fresh.some(({ factors }) => factors.includes('recovery') || factors.includes('access-pass'))
        expect(reaches(levelOf(fresh), recovered ? 'multi-factor' : highestLevel(enrolments))).toBe(true)
      }),
    )
  })
})
