/** The present moment, as an argument, so that a test can stand at the edge of an expiry. */
export type Clock = () => Date

export const systemClock: Clock = () => new Date()

export function secondsAfter(moment: Date, seconds: number): Date {
  return new Date(moment.getTime() + seconds * 1000)
}
