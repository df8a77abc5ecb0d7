const mailAddress = /[^\s<>"'(),;@]{1,128}@[^\s<>"'(),;@]{1,255}/g

/** Takes addresses, and the credentials of URLs, out of a text that a library or a server wrote. */
export function scrub(text: string): string {
  return text.includes('@') ? text.replace(mailAddress, '[address]') : text
}

export interface SerializedError {
  type: string
  message: string
  code?: string
  detail?: string
  stack?: string
  cause?: SerializedError
}

/** What of an error goes to the log. Other properties stay behind: libraries hang requests, commands and rows on them. */
export function serializeError(error: Error, depth = 0): SerializedError {
  const { code, detail } = error as { code?: unknown; detail?: unknown }
  return {
    type: error.name,
    message: scrub(error.message),
    ...(typeof code === 'string' ? { code } : {}),
    // Postgres puts the row's values into a `detail` of its own; ours is written to be shown.
    ...(error.name === 'AppError' && typeof detail === 'string' ? { detail } : {}),
    ...(error.stack === undefined ? {} : { stack: scrub(error.stack) }),
    ...(error.cause instanceof Error && depth < 3 ? { cause: serializeError(error.cause, depth + 1) } : {}),
  }
}
