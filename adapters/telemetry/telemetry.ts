import type { DestinationStream } from 'pino'
import type { Telemetry } from '../../provider/ports/telemetry.ts'
import { createLogger, type LogLevel } from './log.ts'
import { createMetrics, noMetrics } from './metrics.ts'

/** The log on standard output (or `destination`, which receives whole lines), and metrics in the Prometheus format if asked for. */
export function createTelemetry(options: { level: LogLevel; destination?: DestinationStream; metrics?: boolean }): Telemetry {
  const log = createLogger(options.level, options.destination)
  return { log, ...(options.metrics === true ? createMetrics(log) : noMetrics) }
}
