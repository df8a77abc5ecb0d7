import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { StartError } from '../provider/kernel/errors.ts'
import { findNearestName } from '../provider/kernel/spelling.ts'
import { show, showName } from '../provider/kernel/wording.ts'
import { reasonOf } from './read-failure.ts'
import { configFileSchema, upstreamKeys } from './config-file-schema.ts'
import { listSettings } from './schema.ts'
import { retentionClasses } from './values.ts'

/**
 * Reads the file that LATCHKEY_CONFIG names; JSON is read as the YAML that it is. A StartError says where it is wrong, and never
 * quotes the content, which may hold secrets.
 */
export function readConfigFile(path: string, readFile: (path: string) => string): z.output<typeof configFileSchema> {
  const content = parseContent(path, readContent(path, readFile))
  // an empty file configures nothing
  const parsed = configFileSchema.safeParse(content ?? {})
  if (parsed.success) return parsed.data
  throw new StartError(`LATCHKEY_CONFIG: ${show(path)}: ${describeIssue(parsed.error.issues[0])}`)
}

function readContent(path: string, readFile: (path: string) => string): string {
  try {
    return readFile(path)
  } catch (cause) {
    throw new StartError(`LATCHKEY_CONFIG: expected a file that can be read, was given ${show(path)} (${reasonOf(cause)}).`, {
      cause,
    })
  }
}

function parseContent(path: string, text: string): unknown {
  const lines = new LineCounter()
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, schema: 'core' })
  const problem = document.errors[0] ?? document.warnings[0]
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0])
    throw new StartError(`LATCHKEY_CONFIG: ${show(path)} is not well-formed at line ${line}, column ${col} (${problem.code}).`)
  }
  try {
    return document.toJS()
  } catch {
    // an alias without an anchor, or aliases that would grow without end
    throw new StartError(`LATCHKEY_CONFIG: ${show(path)} has an alias (*name) that leads nowhere or too far.`)
  }
}

function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  const [key, part] = issue?.path ?? []
  if (issue?.code === 'unrecognized_keys') {
    const unknown = issue.keys[0] ?? ''
    if (key === undefined) return describeUnknownKey(unknown)
    return key === 'audit' ? describeUnknownAuditKey(unknown, part) : describeUnknownUpstreamKey(unknown, part)
  }
  if (key === undefined) return 'expected keys with values at the top, such as `apps:`, was given something else.'
  if (key === 'upstreams' || key === 'plans' || key === 'audit') return `${describeDeepIssue(issue)}, was given something else.`
  const place =
    part === undefined
      ? `${String(key)}: expected a list`
      : `${String(key)}, entry ${Number(part) + 1}: expected keys with values`
  return `${place}, was given something else.`
}

/** The schema's own words where there are some: each begins with "expected". */
function describeDeepIssue(issue: z.core.$ZodIssue | undefined): string {
  const place = (issue?.path ?? []).map(step => (typeof step === 'number' ? `entry ${step + 1}` : String(step))).join(', ')
  const expected = issue?.message.startsWith('expected') ? issue.message : 'expected keys with values'
  return `${place}: ${expected}`
}

function describeUnknownUpstreamKey(key: string, upstream: PropertyKey | undefined): string {
  const place = upstream === undefined ? 'upstreams' : `upstreams, ${String(upstream)}`
  const keys = Object.entries(upstreamKeys).find(([name]) => name === upstream)?.[1] ?? upstreamKeys
  return `${place}: ${showName(key)}: there is no such key. The keys are: ${Object.keys(keys).join(', ')}.`
}

function describeUnknownAuditKey(key: string, part: PropertyKey | undefined): string {
  const place = part === undefined ? 'audit' : `audit, ${String(part)}`
  const keys = part === undefined ? ['retention_days', 'days_after_deletion'] : retentionClasses
  return `${place}: ${showName(key)}: there is no such key. The keys are: ${keys.join(', ')}.`
}

function describeUnknownKey(key: string): string {
  const known = Object.keys(configFileSchema.shape)
  const intended = findNearestName(key, known)
  if (intended !== undefined) return `${showName(key)}: there is no such key. Did you mean ${intended}?`
  const variable = listSettings().find(
    about => about.variable.replaceAll('_', '') === key.replaceAll(/[_-]/g, '').toUpperCase(),
  )?.variable
  if (variable !== undefined) return `${showName(key)}: this is not set here, but by the environment variable ${variable}.`
  return `${showName(key)}: there is no such key. The keys are: ${known.join(', ')}.`
}
