import { AuthorizationResponseError, ResponseBodyError } from 'openid-client'
import { SignInNotBegunHere } from './session.ts'

/** What went wrong, in words for the person, with what to do next. */
export interface Problem {
  kind: 'issuer-away' | 'denied' | 'session-ended' | 'stale' | 'other'
  heading: string
  text: string
  action: 'Sign in' | 'Try again'
}

const problems: Record<Problem['kind'], Problem> = {
  'issuer-away': {
    kind: 'issuer-away',
    heading: 'The sign-in service can’t be reached',
    text: 'Nothing of yours is lost. Check your connection, wait a moment, and try again.',
    action: 'Try again',
  },
  denied: {
    kind: 'denied',
    heading: 'You are not signed in',
    text: 'The sign-in was cancelled or not allowed. You can start again whenever you like.',
    action: 'Sign in',
  },
  'session-ended': {
    kind: 'session-ended',
    heading: 'Your session has ended',
    text: 'It ran out, or it was ended on another page or device. Your notes are still there once you sign in again.',
    action: 'Sign in',
  },
  stale: {
    kind: 'stale',
    heading: 'This sign-in can’t be continued here',
    text: 'It was completed already, or it began in another browser. Start again from here.',
    action: 'Sign in',
  },
  other: {
    kind: 'other',
    heading: 'The sign-in could not be completed',
    text: 'The answer of the sign-in service wasn’t the expected one, so it was not used. Start again from here.',
    action: 'Sign in',
  },
}

/** A refusal means another thing while a sign-in is completed (the code is used or too old) than later (the session is over). */
export function describeProblem(error: unknown, during: 'sign-in' | 'session'): Problem {
  return problems[classify(error, during)]
}

function classify(error: unknown, during: 'sign-in' | 'session'): Problem['kind'] {
  if (error instanceof SignInNotBegunHere) return 'stale'
  if (error instanceof AuthorizationResponseError) {
    if (error.error === 'access_denied') return 'denied'
    return isTemporary(error.error) ? 'issuer-away' : 'other'
  }
  if (error instanceof ResponseBodyError) {
    if (isTemporary(error.error) || isBusy(error.status)) return 'issuer-away'
    return during === 'sign-in' ? 'stale' : 'session-ended'
  }
  return isUnreachable(error) ? 'issuer-away' : 'other'
}

function isTemporary(code: string): boolean {
  return code === 'server_error' || code === 'temporarily_unavailable'
}

/** fetch rejects with a TypeError where no answer came; the library passes it on, or its own code where time ran out. */
function isUnreachable(error: unknown): boolean {
  if (error instanceof TypeError) return true
  if (!(error instanceof Error) || !('code' in error)) return false
  if (error.code === 'OAUTH_TIMEOUT') return true
  return error.code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' && error.cause instanceof Response && isBusy(error.cause.status)
}

function isBusy(status: number): boolean {
  return status >= 500 || status === 429
}
