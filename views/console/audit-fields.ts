import type { Speaker } from '../messages.ts'
import { nameRole } from '../role-names.ts'

/** What the changes in a workspace's log are told in words of; what else there is has the name that it has in the log. */
const auditFields = [
  'accepted_authenticators',
  'deletion_due_at',
  'expires_at',
  'name',
  'permissions',
  'personal',
  'plan',
  'required_from',
  'required_level',
  'roles',
  'slug',
  'status',
] as const

const levels = ['none', 'any-second-factor', 'phishing-resistant'] as const

/** The name of a field in words; undefined where there are none. */
export function fieldName(field: string, { say }: Speaker): string | undefined {
  const known = auditFields.find(each => each === field)
  return known && say(`console.audit-field.${known}`)
}

/** What a field said, in words where it said it in a code that the pages have words for. */
export function fieldValue(field: string, value: string, { say }: Speaker): string {
  if (value === 'true') return say('console.roles.yes')
  if (value === 'false') return say('console.roles.no')
  if (field === 'roles') return value.split(', ').map(nameRole).join(', ')
  const level = field === 'required_level' ? levels.find(each => each === value) : undefined
  return level ? say(`console.requirement.level.${level}`) : value
}
