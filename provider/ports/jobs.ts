/** What happens later and survives a crash. Payloads are sealed under the installation key before they are written. */
export interface JobPayloads {
  mail: { message: import('./mailer.ts').MailMessage }
  'back-channel-logout': { clientId: string; userId: string; sid: string }
}

export type JobName = keyof JobPayloads

export type JobHandler<Name extends JobName> = (payload: JobPayloads[Name]) => Promise<void>

/** Runs what was enqueued through `Repositories.jobs`. A handler that rejects is tried again with growing pauses. */
export interface JobRunner {
  work<Name extends JobName>(name: Name, handler: JobHandler<Name>): Promise<void>
  /** Lets running handlers finish, then stops. */
  stop(): Promise<void>
}
