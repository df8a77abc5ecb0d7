import type { z } from 'zod'
import { findNearestName } from '../kernel/spelling.ts'
import { show, showName } from '../kernel/wording.ts'

type Issue = z.core.$ZodIssue
type Path = ReadonlyArray<PropertyKey>

/** What is never shown, however wrong it is. */
const secretMembers: ReadonlySet<PropertyKey | undefined> = new Set(['client_secret', 'jwks'])

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  boolean: 'true or false',
  object: 'members with values',
}

/** What is wrong with a member of an app's metadata, in a sentence without its full stop for each; `names` are the members there are. */
export function describeIssue(issue: Issue, input: unknown, names: readonly string[]): string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => describeUnknown(key, issue.path, names))
  return [`${describePlace(issue.path)}: expected ${describeExpected(issue)}${describeGiven(issue.path, input)}`]
}

/** `redirect_uris, entry 1`. */
export function describePlace(path: Path): string {
  return path.map(part => (typeof part === 'number' ? `entry ${part + 1}` : showName(String(part)))).join(', ')
}

/** The member that was meant by a name that there is none of. */
export function findIntendedMember(name: string, names: readonly string[]): string | undefined {
  return findNearestName(name, names) ?? names.find(each => each === `client_${name}`)
}

function describeUnknown(key: string, path: Path, names: readonly string[]): string {
  // Of the members within a member there are so few that none is far from what was written.
  const intended = path.length === 0 ? findIntendedMember(key, names) : undefined
  const advice = intended === undefined ? 'README.md says which there are' : `Did you mean ${intended}?`
  return `${describePlace([...path, key])}: there is no such member. ${advice}`
}

function describeExpected(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] ?? issue.expected
    case 'invalid_value':
      return issue.values.map(value => JSON.stringify(value)).join(' or ')
    case 'too_small':
      return issue.origin === 'array' ? `at least ${issue.minimum} of them` : 'text that is not empty'
    case 'too_big':
      return issue.origin === 'array' ? `at most ${issue.maximum} of them` : `at most ${issue.maximum} characters`
    default:
      // The schema's own words.
      return issue.message
  }
}

function describeGiven(path: Path, input: unknown): string {
  const value = path.reduce<unknown>((within, part) => (isObject(within) ? Reflect.get(within, part) : undefined), input)
  if (value === undefined || value === null) return '; nothing was given'
  if (secretMembers.has(path[0])) return ', was given something else, which is not shown because it may be a secret'
  if (typeof value === 'string') return `, was given ${show(value)}`
  if (Array.isArray(value)) return value.length === 0 ? ', was given an empty list' : `, was given a list of ${value.length}`
  return isObject(value) ? ', was given members with values' : `, was given ${showName(JSON.stringify(value))}`
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
