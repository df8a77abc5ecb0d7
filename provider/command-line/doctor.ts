import { examineInstallation } from './doctor/examine.ts'
import type { Finding } from './doctor/finding.ts'
import type { ExitCode, Surroundings } from './surroundings.ts'

/** `latchkey doctor`: a line for each thing that was looked at, and what to do about it. */
export async function examine({ environment, clock, print }: Surroundings, { json }: { json?: boolean }): Promise<ExitCode> {
  const findings = await examineInstallation(environment, clock)
  const problems = findings.filter(({ verdict }) => verdict === 'problem').length
  const warnings = findings.filter(({ verdict }) => verdict === 'warning').length
  if (json) print(JSON.stringify({ problems, warnings, findings }, undefined, 2))
  else print([...findings.map(renderFinding), '', summarise(problems, warnings)].join('\n'))
  return problems > 0 ? 1 : 0
}

function renderFinding({ verdict, subject, message, remedy }: Finding): string {
  const margin = `${verdict.padEnd(8)} ${subject.padEnd(9)} `
  return remedy === undefined ? margin + message : `${margin}${message}\n${' '.repeat(margin.length)}To do: ${remedy}`
}

function summarise(problems: number, warnings: number): string {
  if (problems + warnings === 0) return 'All is well.'
  const parts = [...countOf(problems, 'problem'), ...countOf(warnings, 'warning')]
  return `${parts.join(' and ')}.${problems === 0 ? ' Nothing that keeps people from signing in.' : ''}`
}

function countOf(count: number, word: string): string[] {
  return count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`]
}
