import { CommanderError } from 'commander'
import { explainFailure } from './explain-failure.ts'
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
    surroundings.complain(explainFailure(error))
    return 1
  }
}
