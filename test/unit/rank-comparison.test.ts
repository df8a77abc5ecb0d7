/** The test by rank with which the benchmark says whether an answer's time tells who has an account. */
import { expect, it } from 'vitest'
import { compareByRank } from '../bench/enumeration.ts'

const evenly = (from: number, step: number) => Array.from({ length: 100 }, (_, index) => from + index * step)

it('is as sure as the tables are: six tortoises, six hares, U = 11', () => {
  expect(compareByRank([1, 7, 8, 9, 10, 11], [2, 3, 4, 5, 6, 12])).toBeCloseTo(0.298, 3)
})

it('sees nothing where there is nothing', () => {
  expect(compareByRank(evenly(10, 0.2), evenly(10.1, 0.2))).toBeGreaterThan(0.8)
  expect(compareByRank([5, 5, 5], [5, 5, 5])).toBe(1)
})

it('sees what is always a little later, whichever of the two it is, and through the noise', () => {
  for (const pair of [
    [evenly(10, 0.2), evenly(14, 0.2)],
    [evenly(14, 0.2), evenly(10, 0.2)],
  ] as const) {
    expect(compareByRank(...pair)).toBeLessThan(0.001)
  }
})
