import { AppError } from '../../provider/kernel/errors.ts'

/**
 * What the database answered, without the values that its messages quote: a row or a parameter may be a secret or somebody's
 * address, and this reaches the log.
 */
export class SqlError extends Error {
  /** SQLSTATE (PostgreSQL manual, "Error Codes"). */
  readonly code: string
  readonly constraint: string | undefined

  constructor(code: string, message: string, constraint: string | undefined) {
    super(message)
    this.name = 'SqlError'
    this.code = code
    this.constraint = constraint
  }
}

// Class 22 is bad data and class 23 a broken constraint: their messages quote values.
const quotesValues = /^2[23]/

// Connection trouble, too little of something, the server is going or coming or took too long (statement_timeout), a login or
// database that isn't there (yet).
const meansUnavailable = /^(08|53|57P0|57014|28|3D)/

/** Turns whatever a database or a socket gave into an error that may be thrown on. */
export function describeSqlError(error: unknown): Error {
  if (error instanceof AppError || error instanceof SqlError) return error
  if (!(error instanceof Error)) return new AppError('unavailable', { cause: error })
  const { code, constraint, table } = error as Error & { code?: unknown; constraint?: string; table?: string }
  // A socket's errors have codes too, such as ECONNREFUSED; SQLSTATEs are five digits and capitals.
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || code.startsWith('E')) {
    return new AppError('unavailable', { cause: error })
  }
  const place = [table, constraint].filter(Boolean).join(', ')
  const message = quotesValues.test(code) ? `SQLSTATE ${code}${place && ` (${place})`}` : `SQLSTATE ${code}: ${error.message}`
  const described = new SqlError(code, message, constraint)
  if (meansUnavailable.test(code)) return new AppError('unavailable', { cause: described })
  // Row-level security or a missing grant: the access mode does not allow it.
  if (code === '42501') return new AppError('forbidden', { cause: described })
  // The only division there is (statement.ts): a change that had to happen found nothing to change.
  if (code === '22012') return new AppError('conflict', { cause: described })
  // Two transactions in each other's way: trying again is right, and up to the caller.
  if (code === '40001' || code === '40P01') return new AppError('conflict', { cause: described })
  return described
}

/** True where the server refused a statement, and would answer others: not where it, or the way to it, is in trouble. */
export function isStatementError(error: unknown): boolean {
  if (error === undefined) return false
  const described = describeSqlError(error)
  // What was cancelled ran too long (statement_timeout): unavailable too, since that says nothing about whose fault it is.
  return described instanceof AppError ? described.code !== 'unavailable' : described instanceof SqlError
}

export function isUniqueViolation(error: unknown): error is SqlError {
  return error instanceof SqlError && error.code === '23505'
}

/** Resolves when the changes are made. Rejects with AppError `conflict` where one of them would have made a second row of a kind. */
export async function refuseDuplicates(changes: Promise<unknown>[]): Promise<void> {
  try {
    await Promise.all(changes)
  } catch (error) {
    throw isUniqueViolation(error) ? new AppError('conflict', { cause: error }) : error
  }
}
