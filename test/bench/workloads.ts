export const workloadNames = [
  'discovery',
  'client-credentials',
  'code',
  'refresh',
  'userinfo',
  'magic-link',
  'first-sign-in',
] as const

export type WorkloadName = (typeof workloadNames)[number]

export interface Workload {
  /** What one operation is. */
  operation: string
  /** Operations of one measured pass, and of one in quick mode. */
  operations: number
  quickOperations: number
  /** At most this many times the yardstick's CPU, and which of its workloads it is compared with. */
  goal: number
  comparedWith: WorkloadName
  /** The yardstick has no e-mail. */
  latchkeyOnly?: true
}

export const workloads: Record<WorkloadName, Workload> = {
  discovery: {
    operation: 'GET the discovery document, GET the JWKS',
    operations: 6000,
    quickOperations: 3000,
    goal: 0.5,
    comparedWith: 'discovery',
  },
  'client-credentials': {
    operation: 'POST /token with client_secret_basic: one access token',
    operations: 5000,
    quickOperations: 2500,
    goal: 1.8,
    comparedWith: 'client-credentials',
  },
  code: {
    operation: 'GET /authorize with a session, POST /token with PKCE: access, ID and refresh token',
    operations: 2500,
    quickOperations: 1200,
    goal: 2.2,
    comparedWith: 'code',
  },
  refresh: {
    operation: 'POST /token: access, ID and next refresh token',
    operations: 3000,
    quickOperations: 1500,
    goal: 2.2,
    comparedWith: 'refresh',
  },
  userinfo: {
    operation: 'GET /userinfo with a bearer token',
    operations: 6000,
    quickOperations: 3000,
    goal: 2.0,
    comparedWith: 'userinfo',
  },
  'magic-link': {
    operation:
      'a known person in a new browser: authorize, page, address, mail, link page, confirmation, code (10 requests, 1 mail)',
    operations: 640,
    quickOperations: 320,
    goal: 4.5,
    comparedWith: 'code',
    latchkeyOnly: true,
  },
  'first-sign-in': {
    operation: 'the same for somebody new: user, keys and personal workspace are made',
    operations: 640,
    quickOperations: 320,
    goal: 4.5,
    comparedWith: 'code',
    latchkeyOnly: true,
  },
}
