/** What one question to the gate costs. It is pure, so it is asked here, in this process, again and again. */
import { decide, type Question } from '../../provider/policy/gate.ts'
import type { Enrolment, Proof } from '../../provider/policy/proof.ts'

export interface GateResult {
  what: string
  goalMicroseconds: number
  /** CPU of one question: of the median round, and of the slowest, in which the machine had other things to do as well. */
  median: number
  slowest: number
}

const goalMicroseconds = 20
const rounds = 20
const questionsPerRound = 2_000

const now = 1_900_000_000
const subject = { kind: 'user', userId: '00000000-0000-7000-8000-000000000000' } as const
const model = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
const email: Proof = { method: 'email', subject, factors: ['email'], at: now - 30 }
const totp: Proof = { method: 'totp', subject, factors: ['otp'], at: now - 5 }
const passkey = (index: number): Enrolment => ({ method: 'passkey', factors: ['pop', 'user'], authenticator: model(index) })
const others: Enrolment[] = [
  { method: 'totp', factors: ['otp'] },
  { method: 'recovery-code', factors: ['recovery'] },
]
const many = <Item>(count: number, make: (index: number) => Item) => Array.from({ length: count }, (_, index) => make(index))

const questions: Record<string, Question> = {
  'a mailbox, nothing enrolled': {
    proofs: [email],
    enrolments: [],
    request: { acrValues: [], maxAgeSeconds: undefined },
    requirements: [{ level: 'single-factor' }],
    now,
  },
  'a mailbox and an authenticator app, two passkeys enrolled, a level asked for': {
    proofs: [email, totp],
    enrolments: [passkey(0), passkey(1), ...others],
    request: { acrValues: ['phr', 'multi-factor'], maxAgeSeconds: 3600 },
    requirements: [{ level: 'multi-factor' }, { level: 'phr', from: now + 86_400 }],
    now,
  },
  'twenty passkeys, none of them shown, ten workspaces with lists of twenty models': {
    proofs: [email, totp],
    enrolments: [...many(20, passkey), ...others],
    request: { acrValues: many(20, index => `urn:example:level:${index}`), maxAgeSeconds: 600 },
    requirements: many(10, index => ({ level: 'phr', authenticators: new Set(many(20, each => model(1000 * index + each))) })),
    now,
  },
}

export function measureGate(): GateResult[] {
  return Object.entries(questions).map(([what, question]) => {
    const costs = many(rounds, () => {
      const before = process.cpuUsage()
      for (let asked = 0; asked < questionsPerRound; asked += 1) decide(question)
      const { user, system } = process.cpuUsage(before)
      return (user + system) / questionsPerRound
    })
    const sorted = costs.toSorted((one, other) => one - other)
    return { what, goalMicroseconds, median: sorted[rounds / 2] ?? Number.NaN, slowest: sorted.at(-1) ?? Number.NaN }
  })
}
