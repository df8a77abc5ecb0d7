import { AppError } from '../kernel/errors.ts'
import { hashSecret } from '../kernel/secrets.ts'
import { show } from '../kernel/wording.ts'
import type { AppRecord } from '../ports/records.ts'
import { describeIssue, describePlace, findIntendedMember } from './describe-issue.ts'
import { appMembers } from './members.ts'
import { appMetadata } from './metadata.ts'
import { metadataRules } from './metadata-rules.ts'
import { needsSecret, registrationRules } from './registration-rules.ts'

export interface RegistrationOptions {
  issuer: string
  source: AppRecord['source']
  now: Date
}

type Members = Readonly<Record<string, unknown>>

const memberNames = [...Object.keys(appMembers.shape), 'client_secret']
const soundMembers = appMembers.partial({ client_id: true, client_name: true })

/**
 * Makes a record of what an app wants to be registered with. `client_secret` is kept as a hash alone. Where something is wrong it
 * answers all of it, a sentence each: the member, what was expected, and what was given unless that may be a secret.
 */
export function readApp(input: Members, options: RegistrationOptions): { app: AppRecord } | { problems: string[] } {
  const { client_secret: secret, ...members } = input
  const problems = findProblems(members, secret, options)
  if (problems.length > 0) return { problems: problems.map(problem => (/[.?]$/.test(problem) ? problem : `${problem}.`)) }
  const metadata = appMetadata.parse(members)
  return {
    app: {
      clientId: metadata.client_id,
      secretHash: needsSecret(metadata) && typeof secret === 'string' ? hashSecret(secret) : undefined,
      metadata,
      source: options.source,
      createdAt: options.now,
    },
  }
}

/** The same. Throws AppError `bad-request` whose detail has the sentences, each on a line that names the app. */
export function parseApp(input: Members, options: RegistrationOptions): AppRecord {
  const read = readApp(input, options)
  if ('app' in read) return read.app
  const name = nameApp(input) ?? 'the app'
  const lines = read.problems.map(problem => `${name.replace(/^t/, 'T')}: ${problem}`)
  throw new AppError('bad-request', { detail: lines.join('\n') })
}

/** As messages name it; undefined where it has no id. */
export function nameApp({ client_id: clientId }: Members): string | undefined {
  return typeof clientId === 'string' && clientId !== '' ? `the app ${show(clientId)}` : undefined
}

function findProblems(members: Members, secret: unknown, { issuer, source }: RegistrationOptions): string[] {
  // The first of what is wrong with a value says it; what else is may follow from that.
  const places = new Set<string>()
  const issues = (appMembers.safeParse(members).error?.issues ?? []).filter(({ code, path }) => {
    const place = JSON.stringify([code === 'unrecognized_keys', path])
    return !places.has(place) && places.add(place)
  })
  const unusable = new Set<string>()
  for (const issue of issues) {
    if (issue.path.length > 0) unusable.add(String(issue.path[0]))
    else if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) for (const name of [key, findIntendedMember(key, memberNames)]) unusable.add(name ?? key)
  }
  const problems = issues.flatMap(issue => describeIssue(issue, members, memberNames))
  if (secret !== undefined && typeof secret !== 'string') {
    unusable.add('client_secret')
    problems.push('client_secret: expected text, was given something else, which is not shown because it may be a secret')
  }

  // What the others ask of each other can be said of those that are well-formed.
  const sound = Object.fromEntries(Object.entries(members).filter(([name]) => !unusable.has(name)))
  const app = soundMembers.parse(sound)
  const isAsked = (rule: { members: readonly string[] }) => !rule.members.some(member => unusable.has(member))
  const clientId = app.client_id ?? ''
  const registering = { app, clientId, secret: typeof secret === 'string' ? secret : undefined, issuer, source }
  const breaches = [
    ...metadataRules.filter(isAsked).flatMap(rule => rule.find(app)),
    ...registrationRules.filter(isAsked).flatMap(rule => rule.find(registering)),
  ]
  return [...problems, ...breaches.map(({ path, message }) => `${describePlace(path)}: ${message}`)]
}
