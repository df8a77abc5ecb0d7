import { resolve } from 'node:path'
import type { Settings } from '../config/schema.ts'
import type { Clock } from '../provider/kernel/clock.ts'
import { StartError } from '../provider/kernel/errors.ts'
import type { Egress } from '../provider/ports/egress.ts'
import type { FieldCipher } from '../provider/ports/field-cipher.ts'
import type { JobRunner } from '../provider/ports/jobs.ts'
import type { Mailbox, Mailer } from '../provider/ports/mailer.ts'
import type { Places } from '../provider/ports/places.ts'
import type { RateLimiter } from '../provider/ports/rate-limiter.ts'
import type { Store } from '../provider/ports/store.ts'
import type { Telemetry } from '../provider/ports/telemetry.ts'
import { ClosingList } from './closing-list.ts'
import { createEgress } from './egress/egress.ts'
import { createFilePlaces } from './geoip/places.ts'
import { openMailbox } from './mail/mailbox.ts'
import { createSmtpMailer } from './mail/smtp.ts'
import { createMemoryRateLimiter } from './memory/rate-limiter.ts'
import { createMemoryStore } from './memory/store.ts'
import { type Durable, openDurable, type OpenCipher } from './open-durable.ts'
import { connectRedis } from './redis/connection.ts'
import { createLimitKeyNamer } from './redis/limit-keys.ts'
import { createRedisRateLimiter } from './redis/rate-limiter.ts'
import { createRedisStore } from './redis/store.ts'
import { openJobRunner } from './sql/jobs.ts'
import { createTelemetry } from './telemetry/telemetry.ts'

/** The outside world, as the settings want it. */
export interface Adapters extends Omit<Durable, 'database'> {
  store: Store
  rateLimiter: RateLimiter
  mailer: Mailer
  /** The mailer itself, where mail stays here to be read. */
  mailbox: Mailbox | undefined
  egress: Egress
  /** Undefined without a file that tells places. */
  places: Places | undefined
  telemetry: Telemetry
  jobRunner: JobRunner
  /** Lets running jobs finish, and closes everything. */
  close(): Promise<void>
}

/**
 * Opens everything that the settings ask for, and brings the database to the state of this version. Rejects with StartError
 * where something cannot be had, and leaves nothing open then.
 */
export async function openAdapters(
  settings: Settings,
  options: { clock: Clock; openCipher: OpenCipher; telemetry?: Telemetry },
): Promise<Adapters> {
  const { clock, openCipher } = options
  const metrics = settings.metricsToken !== undefined
  const telemetry = options.telemetry ?? createTelemetry({ level: settings.logLevel, metrics })
  const closing = new ClosingList()
  const opening = [
    // Neither waits for the other: the slower one decides how long a start takes.
    openDurable(settings, { clock, openCipher, whenOld: 'migrate' }).then(durable => {
      closing.add(() => durable.close())
      return durable
    }),
    openShortLived(settings, clock, telemetry, closing),
    openMail(settings, closing),
  ] as const
  try {
    const [{ database, data, cipher, keyWrapper }, { store, createRateLimiter }, mail] = await Promise.all(opening)
    const jobRunner = await openJobRunner(database, cipher, telemetry.log)
    closing.add(() => jobRunner.stop())
    const egress = createEgress({ allowedPrivateRanges: settings.egressAllow, allowLoopbackHttp: settings.loopback })
    const { geoipFile } = settings
    const close = () => closing.closeAll()
    return {
      data,
      cipher,
      keyWrapper,
      store,
      rateLimiter: createRateLimiter(cipher),
      ...mail,
      egress,
      places: geoipFile === undefined ? undefined : createFilePlaces({ path: geoipFile, clock, log: telemetry.log }),
      telemetry,
      jobRunner,
      close,
    }
  } catch (error) {
    // What was still on its way has to arrive before it can be closed.
    await Promise.allSettled(opening)
    await closing.closeAll()
    throw error
  }
}

async function openShortLived(
  { redisUrl }: Settings,
  clock: Clock,
  { log }: Telemetry,
  closing: ClosingList,
): Promise<Pick<Adapters, 'store'> & { createRateLimiter(cipher: FieldCipher): RateLimiter }> {
  if (redisUrl === undefined) return { store: createMemoryStore(clock), createRateLimiter: () => createMemoryRateLimiter(clock) }
  const connection = await connectRedis(redisUrl, log)
  const store = createRedisStore(connection)
  closing.add(() => store.close())
  return { store, createRateLimiter: cipher => createRedisRateLimiter(connection, createLimitKeyNamer(cipher)) }
}

async function openMail(settings: Settings, closing: ClosingList): Promise<Pick<Adapters, 'mailer' | 'mailbox'>> {
  const { smtpUrl, mailFrom, loopback, dataDirectory } = settings
  if (smtpUrl !== undefined && mailFrom !== undefined) {
    const mailer = createSmtpMailer({ url: smtpUrl, from: mailFrom })
    closing.add(() => mailer.close())
    return { mailer, mailbox: undefined }
  }
  // Anybody who reaches the mailbox page can sign in as anybody. Loading the settings says so too, and more kindly.
  if (!loopback) throw new StartError('SMTP_URL: expected a mail server, because others can reach ISSUER; nothing was given.')
  const mailbox = await openMailbox({ directory: resolve(dataDirectory, 'mailbox') })
  closing.add(() => mailbox.close())
  return { mailer: mailbox, mailbox }
}
