/** Every way in which a request can be answered with an error of ours. The person's words for each are in views/locales. */
export const errorTable = {
  'bad-request': { status: 400, message: 'The request could not be understood.' },
  'field-needed': { status: 400, message: 'Something is missing from the form.' },
  'address-unusable': { status: 400, message: 'That e-mail address cannot be used.' },
  'code-wrong': { status: 400, message: 'That code does not match.' },
  'code-tries-used-up': { status: 400, message: 'Too many codes were tried. Ask for a new e-mail.' },
  'codes-switched-off': { status: 400, message: 'Codes are switched off for this address until a link is used.' },
  'code-not-six-digits': { status: 400, message: 'The code is six digits.' },
  'code-used': { status: 400, message: 'That code was used before. Wait for the next one.' },
  'clock-off': { status: 400, message: 'That code belongs to another time.' },
  'recovery-code-form': { status: 400, message: 'A recovery code has sixteen letters and digits.' },
  'access-pass-form': { status: 400, message: 'A temporary pass has sixteen letters and digits.' },
  'access-pass-over': { status: 400, message: 'That temporary pass was used, or its time is over.' },
  'tries-paused': { status: 400, message: 'Too many wrong codes in a row. Wait before the next one.' },
  'too-many-devices': { status: 400, message: 'There are as many devices as there can be.' },
  'attempt-expired': { status: 400, message: 'This sign-in has expired. Start again.' },
  'link-used': { status: 400, message: 'This link has been used or replaced by a newer one.' },
  'passkey-refused': { status: 400, message: 'That passkey could not be verified.' },
  'passkey-expired': { status: 400, message: 'The request for a passkey was open for too long.' },
  'passkey-unknown': { status: 400, message: 'Nobody here has that passkey.' },
  'passkey-of-another': { status: 400, message: 'That passkey belongs to another account.' },
  'passkey-not-verified': { status: 400, message: 'The device did not check who holds it.' },
  'passkey-suspicious': { status: 400, message: 'That passkey may have been copied.' },
  'passkey-of-other-model': { status: 400, message: 'Passkeys of that model are not accepted here.' },
  'too-many-passkeys': { status: 400, message: 'There are as many passkeys as an account can have.' },
  'role-unknown': { status: 400, message: 'There is no such role in this workspace.' },
  'permission-unknown': { status: 400, message: 'There is no such permission.' },
  'invitation-over': { status: 400, message: 'This invitation has been used, revoked or replaced, or it has expired.' },
  'set-up-over': { status: 410, message: 'There is nothing to set up by this link.' },
  'invitation-of-another': { status: 403, message: 'This invitation was sent to another address.' },
  'more-than-own': { status: 403, message: 'Nobody can give or take what they do not have themselves.' },
  'entitlement-missing': { status: 403, message: "The workspace's plan does not include that." },
  'no-account': { status: 403, message: 'There is no account for this address.' },
  'not-signed-in': { status: 401, message: 'Sign in first.' },
  forbidden: { status: 403, message: 'That is not allowed.' },
  'cross-site': { status: 403, message: 'The request came from another site.' },
  'not-found': { status: 404, message: 'There is nothing here.' },
  'method-not-allowed': { status: 405, message: 'That method is not available here.' },
  conflict: { status: 409, message: 'Somebody changed this in the meantime.' },
  'last-admin': { status: 409, message: 'A workspace needs somebody with the role admin.' },
  'role-in-use': { status: 409, message: 'There are members or invitations with that role.' },
  'already-member': { status: 409, message: 'They are a member already.' },
  'personal-workspace': { status: 409, message: 'A personal workspace is for one person.' },
  'member-elsewhere': { status: 409, message: 'They are a member of other workspaces too.' },
  'request-in-progress': { status: 409, message: 'A request with that idempotency key is being answered.' },
  'version-stale': { status: 412, message: 'Somebody changed this in the meantime.' },
  'too-large': { status: 413, message: 'The request is too large.' },
  'unsupported-media-type': { status: 415, message: 'That content type is not accepted here.' },
  'idempotency-key-reused': { status: 422, message: 'That idempotency key was used for another request.' },
  'version-needed': { status: 428, message: 'Say which version of it is to be changed, in If-Match.' },
  'wrong-host': { status: 421, message: 'This address belongs to another host.' },
  'too-many-requests': { status: 429, message: 'Too many requests. Wait a moment.' },
  unexpected: { status: 500, message: 'Something went wrong on our side.' },
  unavailable: { status: 503, message: 'The service is not available right now.' },
} as const satisfies Record<string, { status: number; message: string }>

export type ErrorCode = keyof typeof errorTable

/**
 * An error that may be shown. `code` decides status and words; `detail` is a safe sentence for a developer;
 * `cause` goes to the log alone.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly detail: string | undefined
  /** For `too-many-requests`: when it is worth trying again. */
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, options: { detail?: string; retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(errorTable[code].message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.status = errorTable[code].status
    this.detail = options.detail
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** What was thrown, as an error: most is one already. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** A setting, file or outside service that keeps Latchkey from starting: one line for an operator, no stack. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartError'
  }
}
