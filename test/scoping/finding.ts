import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { listFiles } from '../support/architecture/source-file.ts'

/** Something that an audit found, in words for whoever has to mend it. */
export interface Finding {
  /** A file with its line, or a table. */
  place: string
  problem: string
  advice: string
}

/** Thrown by a command, and printed without a stack. */
export class AuditFailure extends Error {}

export interface Source {
  /** From the root, with slashes. */
  path: string
  text: string
  program: ReturnType<typeof parseSync>['program']
}

/** The sources that a product is made of, tests and tooling left out. */
export function readSources(root: string): Source[] {
  return listFiles(root, ['provider', 'adapters', 'views', 'config'])
    .filter(path => /\.tsx?$/.test(path) && !path.startsWith('config/tooling/'))
    .map(path => parseSource(path, readFileSync(join(root, path), 'utf8')))
}

export function parseSource(path: string, text: string): Source {
  const { program, errors } = parseSync(basename(path), text)
  if (errors.length > 0) throw new AuditFailure(`${path} cannot be parsed: ${errors[0]?.message}`)
  return { path, text, program }
}

/** Where in its file a node begins, as editors take it. */
export function placeOf({ path, text }: Source, { start }: { start: number }): string {
  return `${path}:${text.slice(0, start).split('\n').length}`
}

/** One line that says what was looked at where all is well, and otherwise each finding with what to do about it. */
export function report(command: string, findings: readonly Finding[], lookedAt: string): string {
  if (findings.length === 0) return `${command}: ${lookedAt}; nothing to mend.`
  const lines = findings.map(({ place, problem, advice }) => `${place}\n  ${problem}\n  ${advice}\n`)
  return [`${command}: ${findings.length} to mend\n`, ...lines].join('\n')
}
