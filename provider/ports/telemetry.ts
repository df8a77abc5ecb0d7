type LogFields = Record<string, string | number | boolean | undefined | Error>

/** Structured log. Fields never hold a secret, token, code or personal data. */
export interface Logger {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

export interface Telemetry {
  readonly log: Logger
  /**
   * Counts one occurrence of what `name` says in the plural (`mails`); the adapter makes the rest of the metric's name. Label values
   * come from closed sets, never from a request.
   */
  count(name: string, labels?: Record<string, string>): void
  /** The same for how long something took: `name` in the singular (`request`). */
  observeSeconds(name: string, seconds: number, labels?: Record<string, string>): void
  /** The Prometheus text exposition. */
  render(): Promise<string>
}
