import { CommanderError } from 'commander'
import { scrub } from '../../adapters/telemetry/serialize-error.ts'
import { AppError, StartError } from '../kernel/errors.ts'
import { createProgram } from './program.ts'
import type { ExitCode, Surroundings } from './surroundings.ts'

/** Runs `latchkey <given…>`. Never rejects: what went wrong is complained about in words, and told by the exit code. */
export async function runCommandLine(given: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  let exitCode: ExitCode = 0
  const program = createProgram(surroundings, code => {
    exitCode = code
  })
  try {
    await program.parseAsync(given, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has said what it did not understand. Help that was asked for ends this way too, without an error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    surroundings.complain(describeFailure(error))
    return 1
  }
}

function describeFailure(error: unknown): string {
  if (error instanceof StartError) return error.message
  if (error instanceof AppError && error.code !== 'unexpected') {
    const reason = error.cause instanceof Error ? ` (${scrub(error.cause.message)})` : ''
    return `${error.detail ?? error.message}${reason}`
  }
  // a mistake of ours: the stack is what a report of it needs
  return `This should not have happened. ${error instanceof Error ? scrub(error.stack ?? error.message) : ''}`.trimEnd()
}
