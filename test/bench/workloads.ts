export const workloadNames = [
  'discovery',
  'client-credentials',
  'code',
  'refresh',
  'userinfo',
  'magic-link',
  'first-sign-in',
  'link-to-code',
  'passkey',
  'passkey-answer',
  'totp',
  'totp-verification',
  'federated',
] as const

export type WorkloadName = (typeof workloadNames)[number]

export interface Workload {
  /** What one operation is. */
  operation: string
  /** Operations of one measured pass, and of one in quick mode. */
  operations: number
  quickOperations: number
  /** At most this many times the CPU of what it is compared with; undefined where nothing is asked of it. */
  goal?: number
  comparedWith: WorkloadName
  /** Compared with the same server's own workload, and not with the yardstick's. */
  withItself?: true
  /** The yardstick knows neither e-mail nor factors. */
  latchkeyOnly?: true
}

export const workloads: Record<WorkloadName, Workload> = {
  discovery: {
    operation: 'GET the discovery document, GET the JWKS',
    operations: 4000,
    quickOperations: 2000,
    goal: 0.5,
    comparedWith: 'discovery',
  },
  'client-credentials': {
    operation: 'POST /token with client_secret_basic: one access token',
    operations: 3000,
    quickOperations: 1500,
    goal: 1.8,
    comparedWith: 'client-credentials',
  },
  code: {
    operation: 'GET /authorize with a session, POST /token with PKCE: access, ID and refresh token',
    operations: 1600,
    quickOperations: 800,
    goal: 2.2,
    comparedWith: 'code',
  },
  refresh: {
    operation: 'POST /token: access, ID and next refresh token',
    operations: 2000,
    quickOperations: 1000,
    goal: 2.2,
    comparedWith: 'refresh',
  },
  userinfo: {
    operation: 'GET /userinfo with a bearer token',
    operations: 4000,
    quickOperations: 2000,
    goal: 2.0,
    comparedWith: 'userinfo',
  },
  'magic-link': {
    operation:
      'a known person in a new browser: authorize, page, address, mail, link page, confirmation, code (10 requests, 1 mail)',
    operations: 480,
    quickOperations: 240,
    goal: 4.5,
    comparedWith: 'code',
    latchkeyOnly: true,
  },
  'first-sign-in': {
    operation: 'the same for somebody new: user, keys and personal workspace are made',
    operations: 480,
    quickOperations: 240,
    goal: 4.5,
    comparedWith: 'code',
    latchkeyOnly: true,
  },
  'link-to-code': {
    operation:
      'the second half of `magic-link`: the link is confirmed, then its page, the tab where it began, the code (4 requests)',
    operations: 320,
    quickOperations: 160,
    comparedWith: 'code',
    latchkeyOnly: true,
  },
  passkey: {
    operation:
      'a known person with a passkey, all of it: authorize, page, answer, code (4 requests), beside `link-to-code`, which begins later',
    operations: 480,
    quickOperations: 240,
    goal: 1.2,
    comparedWith: 'link-to-code',
    withItself: true,
    latchkeyOnly: true,
  },
  'passkey-answer': {
    operation:
      'the second half of `passkey`: from where the page is there, with what it has the browser ask: answer, code (2 requests), beside `link-to-code`',
    operations: 480,
    quickOperations: 240,
    goal: 1.2,
    comparedWith: 'link-to-code',
    withItself: true,
    latchkeyOnly: true,
  },
  totp: {
    operation:
      '`magic-link` of a person with an authenticator app: the same, the page of the step and its code (10 requests, 1 mail)',
    operations: 128,
    quickOperations: 64,
    comparedWith: 'code',
    latchkeyOnly: true,
  },
  'totp-verification': {
    operation: 'the form with the code of an authenticator app alone, which hands the sign-in back (1 request)',
    operations: 128,
    quickOperations: 64,
    comparedWith: 'code',
    latchkeyOnly: true,
  },
  federated: {
    operation: 'a known person by way of Google: authorize, page, departure, return, code (6 requests, 1 to the upstream)',
    operations: 320,
    quickOperations: 160,
    comparedWith: 'code',
    latchkeyOnly: true,
  },
}
