import type { DestinationStream } from 'pino'
import type { Telemetry } from '../../provider/ports/telemetry.ts'
import { createLogger, type LogLevel } from './log.ts'
import { createMetrics } from './metrics.ts'

/** The log on standard output (or `destination`, which receives whole lines), and metrics in the Prometheus format. */
export function createTelemetry(options: { level: LogLevel; destination?: DestinationStream }): Telemetry {
  const log = createLogger(options.level, options.destination)
  return { log, ...createMetrics(log) }
}
