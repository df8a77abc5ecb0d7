import type { Pages } from '../http/pages.ts'
import type { Route } from '../http/route.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Data } from '../ports/data.ts'
import type { SignInFlow } from './flow.ts'
import type { Interactions } from './interactions.ts'
import type { SignInMethod } from './method.ts'
import type { ReceiveLink } from './upstream-visits.ts'

/** What a method's own routes work with. */
export interface MethodSurroundings {
  data: Data
  flow: SignInFlow
  interactions: Interactions
  /** For whoever left from their account rather than from a sign-in. */
  receiveLink: ReceiveLink
  pages: Pages
  clock: Clock
}

/**
 * A method as the list has it. What brings a proof by a way of its own takes it to the flow, which knows nothing of that: so this stands
 * apart from what the flow knows of a method.
 */
export interface RoutedMethod extends SignInMethod {
  /** Where the person comes from outside of the sign-in's pages: by the link of a mail, or back from somewhere else. */
  routes?(surroundings: MethodSurroundings): Route[]
}
