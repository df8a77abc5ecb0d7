import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Requirement } from '../../provider/policy/gate.ts'
import { levelOf, levels, reaches, strictest } from '../../provider/policy/levels.ts'
import { factorNames, type FactorName, type Issue, openTabs, type Request, type Tabs } from '../support/tabs.ts'

/*
 * Histories of one account in several tabs and browsers at once: sign-ins that wait, that run out, that are gone on with after a
 * factor was enrolled or taken away elsewhere, after all was ended, or with a recovery code.
 */
const browsers = 3
const waitSeconds = 900

type Tab = Tabs['tabs'][number]
type Step =
  | { do: 'open' | 'ask'; browser: number; request: Request }
  | { do: 'email' | 'recovery' | 'goOn'; tab: number }
  | { do: 'prove' | 'enrol'; tab: number; factor: FactorName }
  | { do: 'remove'; browser: number; factor: FactorName }
  | { do: 'endOthers' | 'endAll'; browser: number }
  | { do: 'lose'; factor: FactorName }
  | { do: 'pass'; seconds: number }

const anyBrowser = fc.integer({ min: 0, max: browsers - 1 })
const anyTab = fc.nat({ max: 5 })
const anyFactor = fc.constantFrom(...factorNames)
const anyRequest: fc.Arbitrary<Request> = fc.record(
  { acr_values: fc.constantFrom(...levels), max_age: fc.constantFrom('60', '300', '900') },
  { requiredKeys: [] },
)
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('open', 'ask'), browser: anyBrowser, request: anyRequest }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('email', 'goOn'), tab: anyTab }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('recovery'), tab: anyTab }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('prove', 'enrol'), tab: anyTab, factor: anyFactor }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove'), browser: anyBrowser, factor: anyFactor }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('endOthers', 'endAll'), browser: anyBrowser }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose'), factor: anyFactor }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass'), seconds: fc.constantFrom(1, 30, 500, 601, 901) }) },
)
const anyRequirement: fc.Arbitrary<Requirement> = fc.record({ level: fc.constantFrom('single-factor', 'multi-factor', 'phr') })
const anyHistory = fc.array(anyStep, { minLength: 5, maxLength: 40, size: 'max' })

/** What is true of a history beside the product's own record of it: when proofs were made void, and where they were not. */
interface Truth {
  voided: { at: number; exceptBrowser: number | undefined } | undefined
}

async function take(tabs: Tabs, step: Step, truth: Truth): Promise<Issue | undefined> {
  const tabOf = (index: number): Tab => tabs.tabs[index % tabs.tabs.length] ?? tabs.open(0, {})
  switch (step.do) {
    case 'open':
      tabs.open(step.browser, step.request)
      return undefined
    case 'ask':
      return tabs.askSilently(step.browser, step.request)
    case 'goOn':
      return tabs.goOn(tabOf(step.tab))
    case 'email':
    case 'recovery':
      await tabs.prove(tabOf(step.tab), step.do)
      return undefined
    case 'prove':
      await tabs.prove(tabOf(step.tab), step.factor)
      return undefined
    case 'enrol':
      await tabs.enrol(tabOf(step.tab), step.factor)
      return undefined
    case 'remove':
      if (tabs.remove(step.browser, step.factor)) truth.voided = { at: tabs.now(), exceptBrowser: step.browser }
      return undefined
    case 'endOthers':
      if (tabs.endOthers(step.browser)) truth.voided = { at: tabs.now(), exceptBrowser: step.browser }
      return undefined
    case 'endAll':
      if (tabs.endAll(step.browser)) truth.voided = { at: tabs.now(), exceptBrowser: undefined }
      return undefined
    case 'lose':
      tabs.lose(step.factor)
      return undefined
    case 'pass':
      tabs.pass(step.seconds)
      return undefined
  }
}

function expectAllowed(tabs: Tabs, issue: Issue, requirement: Requirement, { voided }: Truth): void {
  const { browser, request, proofs, by, begunAt = Infinity } = issue
  const isVoid = (at: number) => voided !== undefined && voided.exceptBrowser !== browser && at < voided.at
  expect(proofs.filter(({ at }) => isVoid(at))).toEqual([])
  const ageOf = ({ at }: { at: number }) => tabs.now() - at
  if (by === 'tab') expect(Math.min(...proofs.map(ageOf))).toBeLessThanOrEqual(waitSeconds)
  const maxAge = request['max_age'] === undefined ? Infinity : Number(request['max_age']) + (by === 'tab' ? waitSeconds : 0)
  const shown = levelOf(proofs.filter(proof => proof.at >= begunAt || ageOf(proof) <= maxAge))
  expect(reaches(shown, wantedLevel(request, requirement))).toBe(true)
  if (tabs.listEnrolments().length > 0) expect(reaches(shown, 'multi-factor')).toBe(true)
}

function wantedLevel(request: Request, { level }: Requirement) {
  return strictest([level, levels.find(each => each === request['acr_values']) ?? 'single-factor'])
}

/** Whether what a person still has is enough: or whether they have codes for what they lost. */
function canSatisfy(tabs: Tabs, request: Request, requirement: Requirement): boolean {
  const enrolments = tabs.listEnrolments()
  const usable = enrolments.filter(({ method }) => !tabs.isLost(method))
  const level = wantedLevel(request, requirement)
  const reachedWith = (held: typeof enrolments) => reaches(levelOf([{ factors: ['email'] }, ...held]), level)
  if (usable.some(({ method }) => method === 'recovery')) return true
  if (enrolments.length > 0 && usable.length === 0) return false
  // What is enrolled and lost would be enough: it is asked for, and nothing weaker may replace it.
  return reachedWith(usable) || !reachedWith(enrolments)
}

/** Does what each page asks for, as far as they can. */
async function walk(tabs: Tabs, tab: Tab): Promise<Issue | undefined> {
  for (let step = 0; step < 16; step += 1) {
    tabs.pass(1)
    const issue = await tabs.goOn(tab)
    if (issue !== undefined) return issue
    if (!tabs.isLive(tab)) tabs.beginAnew(tab)
    const decision = await tabs.findDecision(tab)
    // What the session proved may be enough by now: otherwise the page is the first one.
    const silent = decision.kind === 'satisfied' ? tabs.askSilently(tab.browser, tab.attempt.request) : undefined
    if (silent !== undefined) return silent
    if (['proof-needed', 'renewal-needed', 'satisfied'].includes(decision.kind)) await tabs.prove(tab, 'email')
    else if (decision.kind === 'enrolment-needed' || (decision.kind === 'factor-needed' && decision.mayEnrol)) {
      // Too long ago to change anything: it begins with the address again.
      if (!(await tabs.enrol(tab, 'security-key'))) tabs.beginAnew(tab)
    } else if (decision.kind === 'factor-needed') {
      const method = [...factorNames, 'recovery' as const].find(each => decision.methods.includes(each) && !tabs.isLost(each))
      if (method === undefined || !(await tabs.prove(tab, method))) return undefined
    }
  }
  return undefined
}

describe('in several tabs and browsers, whatever happened in the others', () => {
  it('nothing is issued below what policy asks, by what is void, or long after it was proved', async () => {
    let issued = 0
    await fc.assert(
      fc.asyncProperty(anyRequirement, anyHistory, async (requirement, history) => {
        const tabs = openTabs(requirement, browsers)
        const truth: Truth = { voided: undefined }
        for (const step of history) {
          const issue = await take(tabs, step, truth)
          if (issue === undefined) continue
          issued += 1
          expectAllowed(tabs, issue, requirement, truth)
        }
      }),
      { numRuns: 3000 },
    )
    // Or it would say nothing.
    expect(issued).toBeGreaterThan(1000)
  })

  it('nobody who can satisfy it is left without a way forward, in any tab', async () => {
    await fc.assert(
      fc.asyncProperty(anyRequirement, anyHistory, async (requirement, history) => {
        const tabs = openTabs(requirement, browsers)
        const truth: Truth = { voided: undefined }
        for (const step of history) await take(tabs, step, truth)
        for (const tab of tabs.tabs) {
          if (!canSatisfy(tabs, tab.attempt.request, requirement)) continue
          const issue = await walk(tabs, tab)
          if (issue === undefined) throw new Error('no way forward')
          expectAllowed(tabs, issue, requirement, truth)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
