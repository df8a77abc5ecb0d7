import { type Finding, ok, problem, warning } from './finding.ts'

/** A clock that was read elsewhere, and when we asked and had the answer: milliseconds since the epoch. */
export interface ClockReading {
  whose: 'the server' | 'the database'
  askedAt: number
  time: number
  answeredAt: number
}

const noticeableMilliseconds = 2000
const harmfulMilliseconds = 30_000

/** Tokens, codes and sessions expire by the clock of whoever looks: nodes, database and apps have to agree on the time. */
export function checkClock(readings: readonly ClockReading[]): Finding {
  if (readings.length === 0) {
    return warning(
      'clock',
      'There was no other clock to compare with.',
      'Run the doctor again when the server or the database answers.',
    )
  }
  const worst = readings.map(reading => ({ ...reading, apart: distance(reading) })).toSorted((a, b) => b.apart - a.apart)[0]
  if (worst !== undefined && worst.apart > noticeableMilliseconds) {
    const message = `The clock of ${worst.whose} and the one of this machine are ${(worst.apart / 1000).toFixed(1)} seconds apart.`
    const remedy = 'Let every machine follow a time server (timedatectl set-ntp true).'
    return worst.apart > harmfulMilliseconds ? problem('clock', message, remedy) : warning('clock', message, remedy)
  }
  return ok('clock', `This machine agrees on the time with ${readings.map(({ whose }) => whose).join(' and ')}.`)
}

/** Nothing where the time that was read lies between question and answer. */
function distance({ askedAt, time, answeredAt }: ClockReading): number {
  return Math.max(0, askedAt - time, time - answeredAt)
}
