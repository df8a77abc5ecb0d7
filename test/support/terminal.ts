import type { Clock } from '../../provider/kernel/clock.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import { runCommandLine } from '../../provider/command-line/run.ts'

export interface Said {
  exitCode: number
  /** Standard output. */
  output: string
  /** Standard error. */
  complaint: string
}

/** Runs `latchkey` with these words, under this environment, and answers what an operator would see. */
export async function runLatchkey(
  environment: Record<string, string>,
  words: string[],
  clock: Clock = systemClock,
): Promise<Said> {
  const output: string[] = []
  const complaint: string[] = []
  const exitCode = await runCommandLine(words, {
    environment,
    clock,
    print: text => void output.push(text),
    write: async text => void output.push(text.replace(/\r?\n$/, '')),
    complain: text => void complaint.push(text),
  })
  return { exitCode, output: output.join('\n'), complaint: complaint.join('\n') }
}
