import cluster, { type Worker } from 'node:cluster'
import { randomUUID } from 'node:crypto'
import { AggregatorRegistry, type Registry } from 'prom-client'

/** Longer than the five seconds that the library waits for each worker. */
const patienceMilliseconds = 6_000

interface Question {
  type: 'latchkey:metrics-wanted'
  id: string
}

interface Answer {
  type: 'latchkey:metrics'
  id: string
  text: string
}

/**
 * In a process that was started beside others (WEB_CONCURRENCY), the metrics of all of them: they share a port, and whoever
 * scrapes it reaches now this one, now that. Else those of `registry`.
 */
export function createMetricsReader(registry: Registry): () => Promise<string> {
  if (!cluster.isWorker) return () => registry.metrics()
  AggregatorRegistry.setRegistries([registry])
  // Made for its listener, which hands this worker's metrics to the primary.
  void new AggregatorRegistry()
  return async () => (await askPrimary()) ?? registry.metrics()
}

/** The primary's part: collects from all workers, and answers the one that asks. */
export function collectMetricsOfWorkers(): void {
  const aggregator = new AggregatorRegistry()
  cluster.on('message', (worker: Worker, message: unknown) => {
    if (!isQuestion(message)) return
    const answer = (text: string) => {
      if (worker.isConnected()) worker.send({ type: 'latchkey:metrics', id: message.id, text } satisfies Answer)
    }
    // Where a worker does not answer, the one that asked goes on with its own.
    aggregator.clusterMetrics().then(answer, () => answer(''))
  })
}

/** Undefined where the primary does not answer. */
function askPrimary(): Promise<string | undefined> {
  const question: Question = { type: 'latchkey:metrics-wanted', id: randomUUID() }
  return new Promise(resolve => {
    const finish = (text: string | undefined) => {
      clearTimeout(timer)
      process.off('message', listen)
      resolve(text === '' ? undefined : text)
    }
    const listen = (message: unknown) => {
      if (isAnswer(message) && message.id === question.id) finish(message.text)
    }
    const timer = setTimeout(finish, patienceMilliseconds, undefined)
    process.on('message', listen)
    process.send?.(question)
  })
}

function isQuestion(message: unknown): message is Question {
  return isTyped(message) && message.type === 'latchkey:metrics-wanted'
}

function isAnswer(message: unknown): message is Answer {
  return isTyped(message) && message.type === 'latchkey:metrics'
}

function isTyped(message: unknown): message is { type: unknown } {
  return typeof message === 'object' && message !== null && 'type' in message
}
