import type { FormTarget, PageContext } from '../../views/page-context.ts'
import type { Offer } from '../../views/parts/other-ways.tsx'
import type { Circumstances } from '../audit/record.ts'
import type { RequestFacts } from '../http/context.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { Enrolment, Factor, Proof } from '../policy/proof.ts'
import type { AttemptRecord, FactorsRecord, UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { Notice } from '../users/notices.ts'

/** What a method works with, inside the flow's transaction. */
export interface MethodContext {
  repositories: Repositories
  facts: RequestFacts
  circumstances: Circumstances
  /** The app's name, for whatever the method says to the person. */
  appName: string
}

/** What came of a try. A refusal is an answer, not an exception: what was counted for it must be kept. */
export type Verdict = { kind: 'proved'; proof: Proof } | { kind: 'refused'; problem: ErrorCode }

/** What came of confirming an enrolment; `notice` is how the person is told of what they have now. */
export type EnrolmentVerdict = { kind: 'enrolled'; proof: Proof; notice: Notice } | Extract<Verdict, { kind: 'refused' }>

/** Whether the person is sent what there is to send. Pages look the same either way. */
export type Delivery = 'send' | 'withhold'

export interface Occasion {
  delivery: Delivery
  /** Whether this attempt was begun before. */
  again: boolean
}

/** Where the pages of an attempt post to. */
export interface StepUrls {
  page: string
  state: string
  /** Takes the field `method` beside the method's own; without it the form is for the step that the attempt waits for. */
  verify: string
  again: string
  change: string
  /** Answers the options of a browser's own dialog, for the method that has one. */
  options: string
}

/** Why the page is shown once more. */
export interface StepNotice {
  problem?: ErrorCode | undefined
  /** What was sent, for whatever of it is to be kept in the fields. */
  form?: Readonly<Record<string, string>>
  /** The step was begun once more. */
  again?: boolean
  /** The page is to stand still: somebody types. */
  still?: boolean
  /** What would do as well. */
  otherWays?: readonly Offer[]
}

/** What a method needs to begin a sign-in, or to begin it once more. */
export interface Beginning {
  /**
   * What the person gave to begin with, in the form in which an attempt keeps it. Throws AppError with the field's problem.
   */
  parse(form: Readonly<Record<string, string>>): Pick<AttemptRecord, 'address'>
  /**
   * Spends the limits of beginning, before there is a transaction. Throws AppError `too-many-requests` where whoever asks has
   * asked too often; says `withhold` where the person has been sent enough, which is nothing that others may be told.
   */
  limit(attempt: Pick<AttemptRecord, 'address' | 'browserHash'>, facts: RequestFacts): Promise<Delivery>
  /**
   * Gets ready to begin, or to begin once more, within the transaction that makes or keeps the attempt: asks at once for what it
   * has to know, so that this travels with the caller's lock, and answers what begins.
   */
  prepare(context: MethodContext, attempt: AttemptRecord, occasion: Occasion): Promise<() => Promise<void>>
  /**
   * For a method that sends the person somewhere else: gets ready for that before there is a transaction, since it may ask others. What
   * it answers is called with the attempt that was kept, and tells where to go; undefined where that leads nowhere, and the step's own
   * page says why. `isAnew`: they are to prove there afresh who they are.
   */
  depart?(attempt: AttemptRecord, isAnew: boolean): Promise<(kept: AttemptRecord) => Promise<string | undefined>>
  /**
   * How the first page offers it; the method that has none is the one that the page's own field begins. `options`: those of its own
   * dialog, where they are known already.
   */
  offer?(urls: StepUrls, page: PageContext, options?: unknown): Offer
}

/** What is enrolled in a person's name while somebody looks on. */
export interface EnrolmentContext {
  repositories: Repositories
  user: UserRecord
  /** What a pending secret or challenge is bound to: this attempt, or this session. */
  binding: string
  facts: RequestFacts
  circumstances: Circumstances
}

export interface EnrolmentUrls {
  /** Takes the form that confirms. */
  confirm: string
  /** Answers the options of a browser's own dialog. */
  options: string
  /** Back to the choice, or to the page that it began on. */
  back: string
}

/** A method that people enrol in. */
export interface Enrollable {
  /** What its setting up is called ("Set up a passkey"). */
  label(page: PageContext): string
  /** What one that is newly enrolled proves. */
  readonly adds: readonly Factor[]
  /** Answers the page on which it is enrolled, as often as it is asked for. */
  show(context: EnrolmentContext, page: PageContext, urls: EnrolmentUrls, problem?: ErrorCode): Promise<string>
  /** What a browser's own dialog is to ask, as JSON. */
  options?(context: EnrolmentContext): Promise<unknown>
  /** Looks at what the person gave, and enrols. Who has just enrolled has also proved it. */
  confirm(context: EnrolmentContext, form: Readonly<Record<string, string>>): Promise<EnrolmentVerdict>
}

/** Enrolling offered for the next time, to somebody whose sign-in is satisfied without it. */
export interface EnrolmentOffer {
  /** Whether to offer it now, to who has just sent this form; asked again, it may not be for a long time. */
  isDue(attempt: AttemptRecord, form: Readonly<Record<string, string>>): Promise<boolean>
  show(page: PageContext, addHref: string, later: FormTarget): string
}

/**
 * The seam of the sign-in methods: a small base, and what only some can do. A method makes proofs; it never decides what is
 * enough, and nothing but the list in methods.ts knows it by name.
 */
export interface SignInMethod {
  /** In routes and in proofs. */
  readonly id: string
  /** What its proofs can show at most: where an app asks for more than all methods yield, nobody is asked in vain. */
  readonly yields: readonly Factor[]
  /** Absent where it only ever adds to what another one began. */
  readonly beginning?: Beginning
  /** Absent where nobody can enrol in it. */
  readonly enrolment?: Enrollable
  /** Absent where it is enrolled only by whoever asks for it, or has to. */
  readonly enrolmentOffer?: EnrolmentOffer
  /** Whether a proof of it may be given before anything was begun: a passkey names its owner by itself. */
  readonly isDirect?: boolean
  /** What a person has of it, of what policy asks for. */
  listEnrolments?(factors: FactorsRecord): Enrolment[]
  /** What other steps call it ("Use a recovery code"). */
  label(page: PageContext): string
  /** Answers the page on which the person finds out what to do, as often as it is asked for. */
  show(repositories: Repositories, attempt: AttemptRecord, page: PageContext, urls: StepUrls, notice: StepNotice): Promise<string>
  /** Looks at what the person gave, and spends the limits of trying. Throws AppError `too-many-requests`. */
  verify(
    context: MethodContext,
    attempt: AttemptRecord,
    form: Readonly<Record<string, string>>,
    binding: string,
  ): Promise<Verdict>
  /**
   * What a browser's own dialog is to ask, as JSON; `attempt` is what this sign-in proved so far, if it did. `binding` names this
   * sign-in and this browser: what is asked for one is answered for no other.
   */
  options?(context: MethodContext, attempt: AttemptRecord | undefined, binding: string): Promise<unknown>
  /**
   * The page that tells what has come of a proof before the sign-in goes on, where there is something to tell. `enrolHref`: where who has
   * shown what stands for a lost factor may set up another.
   */
  showProved?(
    repositories: Repositories,
    attempt: AttemptRecord,
    page: PageContext,
    continueTo: FormTarget,
    enrolHref: string,
  ): Promise<string>
  /** Remembers that this browser's person has signed in. Asked again it changes nothing. */
  rememberBrowser?(attempt: AttemptRecord): Promise<void>
}
