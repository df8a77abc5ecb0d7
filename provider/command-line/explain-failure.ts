import { scrub } from '../../adapters/telemetry/serialize-error.ts'
import { AppError, StartError } from '../kernel/errors.ts'

/**
 * What an operator sees of an error that ended a command or kept the server from starting: one line that says what to do where
 * we know it, and the stack where it is a mistake of ours. Never an address or a credential.
 */
export function explainFailure(error: unknown): string {
  if (error instanceof StartError) return error.message
  if (error instanceof AppError && error.code !== 'unexpected') {
    const reason = error.cause instanceof Error ? ` (${scrub(error.cause.message).replaceAll(/\s+/g, ' ')})` : ''
    return `${error.detail ?? error.message}${reason}`
  }
  // The stack is what a report of it needs.
  return `This should not have happened. ${error instanceof Error ? scrub(error.stack ?? error.message) : ''}`.trimEnd()
}
