import { secondsAfter } from '../kernel/clock.ts'
import type { AttemptRecord } from '../ports/records.ts'

const withinSeconds = 2

/** Whether the same form was sent twice, by a double click perhaps: from the same browser, within two seconds. One mail is enough. */
export function isRepetition(earlier: AttemptRecord, attempt: AttemptRecord): boolean {
  return (
    earlier.method === attempt.method &&
    earlier.address === attempt.address &&
    earlier.browserHash.equals(attempt.browserHash) &&
    secondsAfter(earlier.createdAt, withinSeconds) > attempt.createdAt
  )
}
