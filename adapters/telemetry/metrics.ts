import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { Logger, Telemetry } from '../../provider/ports/telemetry.ts'
import { createMetricsReader } from './metrics-of-workers.ts'

const prefix = 'latchkey_'
const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * Counters and histograms by name, each registered on its first use, which fixes its label names. A later use with other
 * labels is a mistake in the code: it is logged once and not counted, and never fails the request that made it.
 */
export function createMetrics(log: Logger): Pick<Telemetry, 'count' | 'observeSeconds' | 'render'> {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix, eventLoopMonitoringPrecision: 50 })
  const counters = new Map<string, Counter>()
  const histograms = new Map<string, Histogram>()
  const reported = new Set<string>()

  function guard(name: string, record: () => void): void {
    try {
      record()
    } catch (error) {
      if (reported.has(name)) return
      reported.add(name)
      log.error(
        { metric: name, error: error instanceof Error ? error : undefined },
        'A metric was used in two ways; it is not counted',
      )
    }
  }

  return {
    count(name, labels = {}) {
      guard(name, () => {
        let counter = counters.get(name)
        if (counter === undefined) {
          counter = new Counter({
            name: `${prefix}${name}_total`,
            help: describe(name),
            labelNames: Object.keys(labels),
            registers: [registry],
          })
          counters.set(name, counter)
        }
        counter.inc(labels)
      })
    },
    observeSeconds(name, seconds, labels = {}) {
      guard(name, () => {
        let histogram = histograms.get(name)
        if (histogram === undefined) {
          histogram = new Histogram({
            name: `${prefix}${name}_seconds`,
            help: `${describe(name)}, in seconds`,
            labelNames: Object.keys(labels),
            buckets: durationBuckets,
            registers: [registry],
          })
          histograms.set(name, histogram)
        }
        histogram.observe(labels, seconds)
      })
    },
    render: createMetricsReader(registry),
  }
}

/** Where nobody reads them, none are kept. */
export const noMetrics: Pick<Telemetry, 'count' | 'observeSeconds' | 'render'> = {
  count() {},
  observeSeconds() {},
  render: async () => '',
}

function describe(name: string): string {
  return name.replaceAll('_', ' ')
}
