import type { PageContext } from '../../views/page-context.ts'
import type { Circumstances } from '../audit/record.ts'
import type { RequestFacts } from '../http/context.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { Factor, Proof } from '../policy/proof.ts'
import type { AttemptRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'

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
  verify: string
  again: string
  change: string
}

/** Why the page is shown once more. */
export interface StepNotice {
  problem?: ErrorCode | undefined
  /** What was typed, to be kept in the field. */
  typed?: string | undefined
  /** The step was begun once more. */
  again?: boolean
  /** The page is to stand still: somebody types. */
  still?: boolean
}

/**
 * The seam of the sign-in methods. A method makes proofs; it never decides what is enough, and nothing but the list in
 * methods.ts knows it by name.
 */
export interface SignInMethod {
  /** In routes and in proofs. */
  readonly id: string
  /** What its proofs can show at most: where an app asks for more than all methods yield, nobody is asked in vain. */
  readonly yields: readonly Factor[]
  /**
   * What the person gave to begin with, in the form in which an attempt keeps it. Throws AppError with the field's problem.
   */
  parseBeginning(form: Readonly<Record<string, string>>): Pick<AttemptRecord, 'address'>
  /**
   * Spends the limits of beginning, before there is a transaction. Throws AppError `too-many-requests` where whoever asks has
   * asked too often; says `withhold` where the person has been sent enough, which is nothing that others may be told.
   */
  limitBeginning(attempt: Pick<AttemptRecord, 'address' | 'browserHash'>, facts: RequestFacts): Promise<Delivery>
  /**
   * Gets ready to begin, or to begin once more, within the transaction that makes or keeps the attempt: asks at once for what it
   * has to know, so that this travels with the caller's lock, and answers what begins.
   */
  prepare(context: MethodContext, attempt: AttemptRecord, occasion: Occasion): Promise<() => Promise<void>>
  /** Answers the page on which the person finds out what to do, as often as it is asked for. */
  show(repositories: Repositories, attempt: AttemptRecord, page: PageContext, urls: StepUrls, notice: StepNotice): Promise<string>
  /** Looks at what the person gave, and spends the limits of trying. Throws AppError `too-many-requests`. */
  verify(context: MethodContext, attempt: AttemptRecord, form: Readonly<Record<string, string>>): Promise<Verdict>
  /** Remembers that this browser's person has signed in. Asked again it changes nothing. */
  rememberBrowser(attempt: AttemptRecord): Promise<void>
}
