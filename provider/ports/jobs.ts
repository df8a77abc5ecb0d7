import type { AuditEventRecord } from './records.ts'

/** What happens later and survives a crash. Payloads are sealed under the installation key before they are written. */
export interface JobPayloads {
  mail: { message: import('./mailer.ts').MailMessage }
  'back-channel-logout': { clientId: string; userId: string; sid: string }
}

export type JobName = keyof JobPayloads

/** Answers what is to be recorded of it, if anything: that is written a moment later, for several jobs at once, before they are struck off. */
export type JobHandler<Name extends JobName> = (payload: JobPayloads[Name]) => Promise<readonly AuditEventRecord[] | void>

/**
 * Runs what was enqueued through `Repositories.jobs`, each job at least once: a process that dies takes none with it, and a job
 * that it was busy with runs again. A handler that rejects is tried again with growing pauses, for more than a day; what will
 * not change by trying again (AppError `bad-request`, `not-found`, `address-unusable`) is given up at once.
 */
export interface JobRunner {
  /**
   * Jobs that this process enqueued start as soon as their transaction has committed: they are claimed for it from the beginning.
   * Those of others are found within two seconds, and those of a process that died when its claim is over.
   */
  work<Name extends JobName>(name: Name, handler: JobHandler<Name>): Promise<void>
  /** Lets running handlers finish, then stops. */
  stop(): Promise<void>
}
