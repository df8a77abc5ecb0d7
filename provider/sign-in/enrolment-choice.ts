import type { Offer } from '../../views/parts/other-ways.tsx'
import { renderRenewProof } from '../../views/sign-in/renew-proof.tsx'
import { renderChooseEnrolment } from '../../views/sign-in/choose-enrolment.tsx'
import { renderSoonRequired } from '../../views/sign-in/soon-required.tsx'
import { type Answer, html } from '../http/answer.ts'
import type { Pages } from '../http/pages.ts'
import { listNames } from '../passkeys/authenticator-names.ts'
import { hasRecovered, type Next, type Shortfall } from '../policy/gate.ts'
import type { Level } from '../policy/levels.ts'
import type { Data } from '../ports/data.ts'
import type { AttemptRecord } from '../ports/records.ts'
import type { SignInFlow } from './flow.ts'
import { restoreProof } from './kept-proof.ts'
import type { SignInMethod } from './method.ts'
import { homeOf, laterOf, stepUrlsOf } from './paths.ts'
import { factsFor, pageFor, type SignInRequest } from './sign-in-request.ts'
import type { PersonFacts, Standing } from './standing.ts'

const mode = { kind: 'system', reason: 'sign-in' } as const

export interface EnrolmentChoiceOptions {
  data: Data
  flow: SignInFlow
  standing: Standing
  pages: Pages
  methods: readonly [SignInMethod, ...SignInMethod[]]
}

/** What can be enrolled in a sign-in, for whoever needs it or will need it. */
export function createEnrolmentChoice({ data, flow, standing, pages, methods }: EnrolmentChoiceOptions) {
  const [firstMethod] = methods

  function nameNeed({ level, otherModel }: Shortfall, { requirements }: PersonFacts) {
    if (otherModel) {
      const accepted = listNames(standing.findAcceptedModels(requirements) ?? [])
      return { kind: 'accepted-passkey', accepted } as const
    }
    return { kind: level === 'multi-factor' ? 'second-factor' : 'passkey' } as const
  }

  function listEnrollable(level: Level): SignInMethod[] {
    return methods.filter(({ enrolment }) => enrolment !== undefined && standing.wouldReach(enrolment.adds, level))
  }

  /** Whose proofs are too old to enrol anything shows once more who they are: by mail, or where they came from. */
  async function showRenewal(request: SignInRequest, attempt: AttemptRecord): Promise<Answer> {
    const { uid } = request.pending
    const { userId = '' } = attempt
    const user = await data.read(mode, ({ users }) => users.findById(userId))
    const page = pageFor(pages, request)
    const otherWays = methods.flatMap((method): Offer[] => {
      const offer = method.beginning?.offer?.(stepUrlsOf(uid), page)
      if (offer?.kind !== 'form' || !attempt.proofs.some(proof => proof.method === method.id)) return []
      return [{ ...offer, form: { ...offer.form, fields: { ...offer.form.fields, anew: '1' } } }]
    })
    const address = user?.address ?? ''
    return html(
      renderRenewProof(page, {
        address,
        form: { action: `${homeOf(uid)}/${firstMethod.id}`, fields: { address, anew: '1' } },
        otherWays,
        cancel: { action: `${homeOf(uid)}/cancel` },
      }),
    )
  }

  /**
   * What can be enrolled that reaches the level, for who has proved enough to enrol; whoever has not begins with that. `otherWays`: what
   * would do in its place.
   */
  async function showEnrollable(
    request: SignInRequest,
    attempt: AttemptRecord,
    shortfall: Shortfall,
    otherWays: readonly Offer[] = [],
  ): Promise<Answer> {
    const facts = await data.read(mode, repositories => standing.findFacts(repositories, attempt))
    if (!standing.mayChangeFactors(attempt.proofs.map(restoreProof), facts.enrolments)) return showRenewal(request, attempt)
    const { uid } = request.pending
    const page = pageFor(pages, request)
    const ways = listEnrollable(shortfall.level).flatMap(({ id, enrolment }) =>
      enrolment === undefined ? [] : [{ label: enrolment.label(page), href: `${homeOf(uid)}/enrol/${id}` }],
    )
    return html(
      renderChooseEnrolment(page, {
        ways,
        otherWays,
        needed: nameNeed(shortfall, facts),
        signOutHref: '/logout',
        cancel: { action: `${homeOf(uid)}/cancel` },
        // Whoever has enough for now may go on as they are.
        ...(attempt.state === 'satisfied' ? { later: laterOf(uid) } : {}),
      }),
    )
  }

  /** The choice: for whoever needs something, will need it, or has used a recovery code for what was lost. */
  async function showChoice(request: SignInRequest): Promise<Answer> {
    const { pending, browser } = request
    const kept = await flow.findAttempt(pending.uid, browser)
    const attempt = flow.findStanding(kept, pending, browser, factsFor(request))
    if (attempt !== undefined && (attempt.state === 'satisfied' || flow.isLive(attempt))) {
      const decision = await data.read(mode, repositories => standing.findDecision(repositories, attempt))
      const shortfall = shortfallOf(decision) ?? (hasRecovered(attempt.proofs.map(restoreProof)) ? afterRecovery : undefined)
      if (shortfall !== undefined) return showEnrollable(request, attempt, shortfall)
    }
    return { kind: 'redirect', to: homeOf(pending.uid) }
  }

  /** Before a satisfied attempt goes on: what will be needed soon, while there is time to set it up. */
  async function showSoonRequired(
    request: SignInRequest,
    attempt: AttemptRecord,
    due: (Shortfall & { from: number }) | undefined,
  ): Promise<Answer | undefined> {
    const { uid } = request.pending
    if (due === undefined || 'later' in request.ctx.query || listEnrollable(due.level).length === 0) return undefined
    const facts = await data.read(mode, repositories => standing.findFacts(repositories, attempt))
    return html(
      renderSoonRequired(pageFor(pages, request), {
        from: new Date(due.from * 1000),
        needed: nameNeed(due, facts),
        setUpHref: `${homeOf(uid)}/enrol`,
        later: laterOf(uid),
      }),
    )
  }

  return { showEnrollable, showRenewal, showChoice, showSoonRequired }
}

/** For whoever has enough by what stands for what they lost: whatever they set up next, nothing asks for more. */
const afterRecovery: Shortfall = { level: 'multi-factor', otherModel: false }

/** What of it could be enrolled. */
function shortfallOf(decision: Next): Shortfall | undefined {
  switch (decision.kind) {
    case 'satisfied':
      return decision.due
    case 'enrolment-needed':
      return decision
    case 'factor-needed':
      return { level: decision.level, otherModel: false }
    case 'proof-needed':
    case 'renewal-needed':
      return undefined
  }
}
