import type { Environment } from '../../config/load.ts'
import type { Clock } from '../kernel/clock.ts'

/** What a command has around it: given as an argument, so that a test can look at it. */
export interface Surroundings {
  environment: Environment
  clock: Clock
  /** A line, or several, of what was asked for. */
  print(text: string): void
  /** A piece of something long, as it is; resolves when there is room for the next one. */
  write(text: string): Promise<void>
  /** A line, or several, that are no part of the result: warnings and errors. */
  complain(text: string): void
}

/** 0: done. 1: it could not be done, or a problem was found. 2: the command was not understood, and nothing was done. */
export type ExitCode = 0 | 1 | 2
