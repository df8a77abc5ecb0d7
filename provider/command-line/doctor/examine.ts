import { access } from 'node:fs/promises'
import { embeddedDirectory, openDatabase } from '../../../adapters/open-durable.ts'
import { DirectoryInUse } from '../../../adapters/sql/embedded-lock.ts'
import { scrub } from '../../../adapters/telemetry/serialize-error.ts'
import { type Environment, loadSettings } from '../../../config/load.ts'
import type { Settings } from '../../../config/schema.ts'
import { nameApp, readApp } from '../../apps/registration.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError, StartError } from '../../kernel/errors.ts'
import type { KeyWrapper } from '../../ports/key-wrapper.ts'
import { checkClock, type ClockReading } from './clock.ts'
import { checkCookies } from './cookies.ts'
import { checkDatabase, readDatabaseClock } from './database.ts'
import { type Finding, ok, problem, subjects, warning } from './finding.ts'
import { checkIssuer } from './issuer.ts'
import { checkKeys, findMasterKey } from './keys.ts'
import { checkMail } from './mail.ts'
import { checkPlaces } from './places.ts'
import { type ProbeResult, probeServer } from './probe.ts'
import { checkProxies } from './proxies.ts'
import { checkRedis } from './redis.ts'
import { checkUpstreams } from './upstreams.ts'

/** Looks at everything, and changes nothing. Never rejects because of what it finds. */
export async function examineInstallation(environment: Environment, clock: Clock): Promise<Finding[]> {
  let settings: Settings
  try {
    settings = loadSettings(environment)
  } catch (error) {
    if (error instanceof StartError) return [problem('settings', error.message)]
    throw error
  }
  const masterKey = await findMasterKey(settings)
  const keyWrapper = 'verdict' in masterKey ? undefined : masterKey
  try {
    const [server, redis, mail, upstreams] = await Promise.all([
      examineServer(settings, keyWrapper, clock),
      checkRedis(settings),
      checkMail(settings),
      checkUpstreams(settings, clock),
    ])
    const durable = await examineDurable(settings, keyWrapper, server.probe, clock)
    const clocks = checkClock([...server.clocks, ...durable.clocks])
    const missingKey = 'verdict' in masterKey ? [masterKey] : []
    const findings = [
      ...checkSettings(settings, clock),
      ...(await checkPlaces(settings)),
      ...server.findings,
      clocks,
      ...durable.findings,
      ...redis,
      mail,
      ...missingKey,
      ...upstreams,
    ]
    return findings.toSorted((a, b) => subjects.indexOf(a.subject) - subjects.indexOf(b.subject))
  } finally {
    await keyWrapper?.close()
  }
}

function checkSettings({ apps, issuer }: Settings, clock: Clock): Finding[] {
  const findings = apps.flatMap((app, index) => {
    const read = readApp(app, { issuer, source: 'config', now: clock() })
    if ('app' in read) return []
    const name = nameApp(app) ?? `the app in entry ${index + 1}`
    return read.problems.map(sentence => problem('settings', `LATCHKEY_CONFIG: ${name}: ${sentence}`))
  })
  return findings.length > 0 ? findings : [ok('settings', 'Every setting is well-formed.')]
}

interface ServerExamination {
  findings: Finding[]
  clocks: ClockReading[]
  probe: ProbeResult | undefined
}

async function examineServer(settings: Settings, keyWrapper: KeyWrapper | undefined, clock: Clock): Promise<ServerExamination> {
  const issuer = await checkIssuer(settings)
  if (issuer.verdict !== 'ok' || keyWrapper === undefined) {
    const proxies = warning(
      'proxies',
      'What stands before the server could not be looked at.',
      'Run the doctor again when the server answers and the master key is there.',
    )
    return { findings: [issuer, proxies, checkCookies(settings, undefined)], clocks: [], probe: undefined }
  }
  const askedAt = Date.now()
  const probe = await probeServer(settings, keyWrapper, clock)
  if (probe === undefined) {
    const message = 'The server does not recognise its doctor.'
    const remedy =
      'Give the doctor the same master key (KMS_URL, DATA_DIR) and the same ISSUER and PORT as the server: another Latchkey may be what answers here. Then compare the clocks of the two machines.'
    return { findings: [issuer, problem('proxies', message, remedy), checkCookies(settings, undefined)], clocks: [], probe }
  }
  const reading: ClockReading = { whose: 'the server', askedAt, time: probe.answer.now, answeredAt: Date.now() }
  return { findings: [issuer, checkProxies(settings, probe), checkCookies(settings, probe)], clocks: [reading], probe }
}

async function examineDurable(
  settings: Settings,
  keyWrapper: KeyWrapper | undefined,
  probe: ProbeResult | undefined,
  clock: Clock,
): Promise<{ findings: Finding[]; clocks: ClockReading[] }> {
  if (settings.databaseUrl === undefined && !(await exists(embeddedDirectory(settings)))) {
    return {
      findings: [warning('database', 'There is no embedded database yet.', 'Start the server: the first start makes it.')],
      clocks: [],
    }
  }
  const database = await openDatabase(settings).catch((error: unknown) => {
    if (error instanceof StartError) return error
    throw error
  })
  if (database instanceof StartError) return { findings: describeUnopened(database, settings, probe, keyWrapper), clocks: [] }
  try {
    const findings = await checkDatabase(database)
    if (findings.some(({ verdict }) => verdict === 'problem') || keyWrapper === undefined) return { findings, clocks: [] }
    return {
      findings: [...findings, ...(await checkKeys(settings, database, keyWrapper, clock))],
      clocks: await readDatabaseClock(database),
    }
  } catch (error) {
    return {
      findings: [
        problem(
          'database',
          describeFailure(error),
          'Check DATABASE_URL and DATABASE_MIGRATION_URL, and the log of the database.',
        ),
      ],
      clocks: [],
    }
  } finally {
    await database.close()
  }
}

/** The embedded database serves one process, and the server that has it is not interrupted. */
function describeUnopened(
  refusal: StartError,
  settings: Settings,
  probe: ProbeResult | undefined,
  keyWrapper: KeyWrapper | undefined,
): Finding[] {
  const { databaseUrl, issuer } = settings
  if (refusal instanceof DirectoryInUse && probe === undefined) {
    const message = `Another process has the embedded database in ${embeddedDirectory(settings)}, and the doctor found no server of this installation at ${issuer}.`
    const remedy = 'If that process is the server, run the doctor with the ISSUER and PORT that it was started with.'
    return [warning('database', message, remedy)]
  }
  if (databaseUrl !== undefined || !probe?.answer.databaseAnswers) return [problem('database', refusal.message)]
  const message =
    'The running server reaches its embedded database. To have the content looked at, stop the server and run the doctor again.'
  // It opened a probe that was wrapped by it.
  return [ok('database', message), ...(keyWrapper ? [ok('keys', `The server has the same ${keyWrapper.masterKeyName}.`)] : [])]
}

function describeFailure(error: unknown): string {
  const cause = error instanceof AppError && error.cause instanceof Error ? error.cause : error
  return `The database cannot be used${cause instanceof Error ? ` (${scrub(cause.message)})` : ''}.`
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
