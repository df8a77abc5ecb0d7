import { readFileSync } from 'node:fs'
import { StartError } from '../provider/kernel/errors.ts'
import { isLoopbackHost } from '../provider/kernel/loopback.ts'
import { findMisspeltName } from '../provider/kernel/spelling.ts'
import { show, showName } from '../provider/kernel/wording.ts'
import { readConfigFile } from './config-file.ts'
import type { ConfigFile } from './config-file-schema.ts'
import { nearMisses } from './near-misses.ts'
import { defaultPlans } from './plans.ts'
import { reasonOf } from './read-failure.ts'
import { mayStandFor } from './relying-party.ts'
import { listSettings, type Settings, settingsSchema, type Values } from './schema.ts'
import { type AboutSetting, aboutSettings } from './setting.ts'

export type Environment = Readonly<Record<string, string | undefined>>
export type ReadFile = (path: string) => string

const readTextFile: ReadFile = path => readFileSync(path, 'utf8')

/**
 * The settings of this process, from its environment and the config file that the environment names. Rejects what is wrong or
 * misspelt with a StartError of one line, which names the setting, what was expected and, unless it is a secret, what was given.
 */
export function loadSettings(environment: Environment, readFile: ReadFile = readTextFile): Settings {
  refuseMisspeltNames(environment)
  const given = readGivenValues(environment, readFile)
  const parsed = settingsSchema.safeParse(given)
  if (!parsed.success) throw wrongValue(parsed.error.issues[0]?.path[0], given)

  const values = parsed.data
  if (given['issuer'] === undefined) values.issuer = `http://localhost:${values.port}`
  const { hostname } = new URL(values.issuer)
  const loopback = isLoopbackHost(hostname)
  const { passkeyRpId = hostname } = values
  if (given['port'] === undefined) values.port = portOfThisMachine(values.issuer) ?? values.port

  const {
    apps = [],
    upstreams = {},
    audit = {},
    plans = defaultPlans,
  } = values.configFile === undefined ? {} : readConfigFile(values.configFile, readFile)
  const settings: Settings = {
    ...values,
    passkeyRpId,
    apps,
    plans,
    upstreams: findUpstreams(values, upstreams),
    auditRetentionDays: audit.retention_days ?? {},
    auditDaysAfterDeletion: audit.days_after_deletion ?? tenYears,
    loopback,
  }
  for (const rule of rules) if (rule.broken(settings)) throw new StartError(rule.message(settings))
  return freeze(settings)
}

// However many leap days there are.
const tenYears = 3653

/** An upstream is there where it has a client ID and a secret; the config file says more of it. */
function findUpstreams(values: Values, { google, microsoft }: NonNullable<ConfigFile['upstreams']>): Settings['upstreams'] {
  const { googleClientId, googleClientSecret, microsoftClientId, microsoftClientSecret } = values
  const atGoogle = pair(googleClientId, googleClientSecret)
  const atMicrosoft = pair(microsoftClientId, microsoftClientSecret)
  return {
    ...(atGoogle && { google: { ...atGoogle, issuer: google?.issuer, mfa: google?.mfa, hostedDomain: google?.hosted_domain } }),
    ...(atMicrosoft && {
      microsoft: { ...atMicrosoft, issuer: microsoft?.issuer, mfa: microsoft?.mfa, tenants: microsoft?.tenants },
    }),
  }
}

function pair(clientId: string | undefined, secret: string | undefined) {
  return clientId === undefined || secret === undefined ? undefined : { clientId, secret }
}

interface Rule {
  broken(settings: Settings): boolean
  message(settings: Settings): string
}

/** What settings ask of each other. */
const rules: Rule[] = [
  {
    broken: ({ loopback, smtpUrl }) => !loopback && smtpUrl === undefined,
    message: ({ issuer }) =>
      `SMTP_URL: expected smtp://user:password@host:587, because ISSUER is ${issuer} and the mailbox page is for this machine alone; nothing was given.`,
  },
  {
    broken: ({ smtpUrl, mailFrom }) => smtpUrl !== undefined && mailFrom === undefined,
    message: () => 'MAIL_FROM: expected the address of the sender, because SMTP_URL is given; nothing was given.',
  },
  {
    broken: ({ concurrency, databaseUrl }) => concurrency > 1 && databaseUrl === undefined,
    message: ({ concurrency }) =>
      `DATABASE_URL: expected a PostgreSQL database, because WEB_CONCURRENCY is ${concurrency} and the embedded database serves one process; nothing was given.`,
  },
  {
    broken: ({ concurrency, redisUrl }) => concurrency > 1 && redisUrl === undefined,
    message: ({ concurrency }) =>
      `REDIS_URL: expected a Redis server, because WEB_CONCURRENCY is ${concurrency} and processes do not share their memory; nothing was given.`,
  },
  {
    broken: ({ databaseUrl, databaseMigrationUrl }) => databaseUrl === undefined && databaseMigrationUrl !== undefined,
    message: () =>
      'DATABASE_URL: expected the database that DATABASE_MIGRATION_URL leads to, with the login that serves; nothing was given.',
  },
  {
    broken: ({ databaseUrl, databasePooled }) => databaseUrl === undefined && databasePooled,
    message: () => 'DATABASE_URL: expected the address of the pooler, because DATABASE_POOLED is true; nothing was given.',
  },
  {
    broken: ({ databasePooled, databaseMigrationUrl }) => databasePooled && databaseMigrationUrl === undefined,
    message: () =>
      'DATABASE_MIGRATION_URL: expected a direct connection, because DATABASE_POOLED is true and migrations do not pass a pooler; nothing was given.',
  },
  {
    broken: ({ sessionIdleSeconds, sessionMaxSeconds }) => sessionIdleSeconds > sessionMaxSeconds,
    message: ({ sessionIdleSeconds, sessionMaxSeconds }) =>
      `SESSION_IDLE_SECONDS: expected no more than SESSION_MAX_SECONDS, ${sessionMaxSeconds}, was given ${sessionIdleSeconds}.`,
  },
  {
    broken: ({ refreshIdleSeconds, refreshMaxSeconds }) => refreshIdleSeconds > refreshMaxSeconds,
    message: ({ refreshIdleSeconds, refreshMaxSeconds }) =>
      `REFRESH_IDLE_SECONDS: expected no more than REFRESH_MAX_SECONDS, ${refreshMaxSeconds}, was given ${refreshIdleSeconds}.`,
  },
  {
    // Where the issuer has moved: the old domain names it as related, and passkeys go on to work for that.
    broken: ({ issuer, passkeyRpId, passkeyRelatedOrigins }) =>
      !mayStandFor(passkeyRpId, new URL(issuer).hostname) && !passkeyRelatedOrigins.includes(issuer),
    message: ({ issuer, passkeyRpId }) =>
      `PASSKEY_RP_ID: expected the host of ISSUER, ${issuer}, or a domain above it that is your own, or ISSUER among PASSKEY_RELATED_ORIGINS after a move; was given ${show(passkeyRpId)}.`,
  },
  {
    broken: ({ passkeyAttestation, passkeyAttestationRoots }) =>
      passkeyAttestation === 'direct' && passkeyAttestationRoots === undefined,
    message: () =>
      'PASSKEY_ATTESTATION_ROOTS: expected certificates in PEM, because PASSKEY_ATTESTATION is direct; nothing was given.',
  },
  {
    broken: ({ acceptedAuthenticators, passkeyAttestation }) =>
      acceptedAuthenticators !== undefined && passkeyAttestation !== 'direct',
    message: ({ passkeyAttestation }) =>
      `PASSKEY_ATTESTATION: expected direct, because ACCEPTED_AUTHENTICATORS is given and without it no model is proved; was given ${show(passkeyAttestation)}.`,
  },
  {
    broken: ({ acceptedAuthenticators, requiredLevel }) =>
      acceptedAuthenticators !== undefined && requiredLevel !== 'phishing-resistant',
    message: ({ requiredLevel }) =>
      `REQUIRED_LEVEL: expected phishing-resistant, because ACCEPTED_AUTHENTICATORS says which passkeys are required; was given ${show(requiredLevel)}.`,
  },
  {
    broken: ({ geoHeader, trustedProxies }) => geoHeader !== undefined && trustedProxies === 0,
    message: () =>
      'GEO_HEADER: expected a proxy that TRUSTED_PROXIES counts, because anybody else may send that header; it counts none.',
  },
  {
    broken: ({ requiredFrom, requiredLevel }) => requiredFrom !== undefined && requiredLevel === 'none',
    message: () =>
      'REQUIRED_LEVEL: expected any-second-factor or phishing-resistant, because REQUIRED_FROM says from when it holds; it is none.',
  },
  belongTogether('googleClientId', 'GOOGLE_CLIENT_ID', 'googleClientSecret', 'GOOGLE_CLIENT_SECRET'),
  belongTogether('googleClientSecret', 'GOOGLE_CLIENT_SECRET', 'googleClientId', 'GOOGLE_CLIENT_ID'),
  belongTogether('microsoftClientId', 'MICROSOFT_CLIENT_ID', 'microsoftClientSecret', 'MICROSOFT_CLIENT_SECRET'),
  belongTogether('microsoftClientSecret', 'MICROSOFT_CLIENT_SECRET', 'microsoftClientId', 'MICROSOFT_CLIENT_ID'),
]

function belongTogether(given: keyof Settings, givenVariable: string, missing: keyof Settings, missingVariable: string): Rule {
  return {
    broken: settings => settings[given] !== undefined && settings[missing] === undefined,
    message: () => `${missingVariable}: expected what belongs to ${givenVariable}, because that is given; nothing was given.`,
  }
}

/**
 * An environment is full of names that are not ours, so only our prefix, what is spelt almost like one of ours, and the near misses
 * are looked at; a near miss of a setting that is given was not meant.
 */
function refuseMisspeltNames(environment: Environment): void {
  const names = listSettings().flatMap(({ variable }) => [variable, fileVariableOf(variable) ?? variable])
  const known = new Set(names)
  for (const written of Object.keys(environment)) {
    if (known.has(written) || environment[written] === undefined) continue
    const unprefixed = written.replace(/^LATCHKEY_/i, '')
    const intended =
      findMisspeltName(written, names) ?? findMisspeltName(unprefixed, names) ?? findMissedName(unprefixed, environment)
    if (intended !== undefined) throw new StartError(`${showName(written)}: there is no such setting. Did you mean ${intended}?`)
    if (/^LATCHKEY_/i.test(written))
      throw new StartError(`${showName(written)}: there is no such setting. README.md lists them all.`)
  }
}

function findMissedName(written: string, environment: Environment): string | undefined {
  const isGiven = (variable: string) => [variable, `${variable}_FILE`].some(name => environment[name] !== undefined)
  return Object.keys(nearMisses).find(variable => nearMisses[variable]?.includes(written.toUpperCase()) && !isGiven(variable))
}

/** The config file is a file already: no file names it. */
function fileVariableOf(variable: string): string | undefined {
  return variable === 'LATCHKEY_CONFIG' ? undefined : `${variable}_FILE`
}

/** The text of each setting that is given, by the name it has in the code. */
function readGivenValues(environment: Environment, readFile: ReadFile): Record<string, string | undefined> {
  const given: Record<string, string | undefined> = {}
  for (const [key, kind] of Object.entries(settingsSchema.shape)) {
    const about = aboutSettings.get(kind)
    if (about !== undefined) given[key] = readGivenValue(about, environment, readFile)
  }
  return given
}

function readGivenValue(about: AboutSetting, environment: Environment, readFile: ReadFile): string | undefined {
  const fileVariable = fileVariableOf(about.variable)
  const direct = environment[about.variable]
  const path = fileVariable === undefined ? undefined : environment[fileVariable]
  if (direct !== undefined && path !== undefined) {
    throw new StartError(`${about.variable}: expected the value or, in ${fileVariable}, a file that holds it; both were given.`)
  }
  if (direct === '')
    throw new StartError(
      `${about.variable}: expected ${about.expected}, was given nothing. Leave the variable out if that is meant.`,
    )
  if (fileVariable === undefined || path === undefined) return direct
  const content = readMountedFile(fileVariable, path, readFile).replace(/\r?\n$/, '')
  if (content === '')
    throw new StartError(`${fileVariable}: expected a file that holds ${about.expected}, but ${show(path)} is empty.`)
  return content
}

function readMountedFile(variable: string, path: string, readFile: ReadFile): string {
  try {
    return readFile(path)
  } catch (cause) {
    throw new StartError(`${variable}: expected a file that can be read, was given ${show(path)} (${reasonOf(cause)}).`, {
      cause,
    })
  }
}

function wrongValue(key: PropertyKey | undefined, given: Record<string, string | undefined>): StartError {
  const [name = '', kind] = Object.entries(settingsSchema.shape).find(([candidate]) => candidate === key) ?? []
  const about = kind === undefined ? undefined : aboutSettings.get(kind)
  if (about === undefined) return new StartError('The settings could not be read.')
  const value = given[name] ?? ''
  return new StartError(
    `${about.variable}: expected ${about.expected}, was given ${about.secret ? 'something else, which is not shown because it is a secret' : show(value)}.`,
  )
}

/** The port at which a browser on this machine looks for the issuer, where no proxy can stand between them. */
function portOfThisMachine(issuer: string): number | undefined {
  const { protocol, hostname, port } = new URL(issuer)
  if (protocol !== 'http:' || !isLoopbackHost(hostname)) return undefined
  return port === '' ? 80 : Number(port)
}

function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) freeze(part)
  return Object.freeze(value)
}
