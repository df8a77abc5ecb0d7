/** What the clients of one pass saw. */
export interface Latencies {
  operations: number
  seconds: number
  p50: number
  p95: number
  p99: number
  slowest: number
}

export function summarize(latencies: readonly number[], seconds: number): Latencies {
  const sorted = latencies.toSorted((a, b) => a - b)
  const quantile = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return {
    operations: sorted.length,
    seconds,
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    slowest: quantile(1),
  }
}
