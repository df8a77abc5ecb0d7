import { serve as serveUntilStopped } from '../serve.ts'
import type { Surroundings } from './surroundings.ts'

/** Serves until the process is told to stop. */
export async function serve({ environment, clock, complain }: Surroundings): Promise<void> {
  await serveUntilStopped({ environment, clock, print: complain })
}
