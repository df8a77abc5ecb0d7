import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startRounds } from '../../provider/kernel/rounds.ts'

describe('work in rounds', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  /** Rounds that end when they are told to. */
  function startOpenRounds() {
    const begun: { stopping: AbortSignal; end: () => void }[] = []
    const rounds = startRounds(stopping => new Promise(resolve => begun.push({ stopping, end: resolve })), 1000)
    return { rounds, begun }
  }

  it('begins the next one so long after the end of the one before', async () => {
    const { begun } = startOpenRounds()
    await vi.advanceTimersByTimeAsync(5000)
    expect(begun).toHaveLength(1)
    begun[0]?.end()
    await vi.advanceTimersByTimeAsync(999)
    expect(begun).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(begun).toHaveLength(2)
  })

  it('tells the one under way that it is to stop, waits for it, and begins no other', async () => {
    const { rounds, begun } = startOpenRounds()
    await vi.advanceTimersByTimeAsync(1000)
    let isOver = false
    const stopped = rounds.stop().then(() => {
      isOver = true
    })
    await vi.advanceTimersByTimeAsync(5000)
    expect({ isOver, told: begun[0]?.stopping.aborted }).toEqual({ isOver: false, told: true })
    begun[0]?.end()
    await stopped
    expect(vi.getTimerCount()).toBe(0)
  })

  it('begins none where it is stopped before the first', async () => {
    const { rounds, begun } = startOpenRounds()
    await rounds.stop()
    await vi.advanceTimersByTimeAsync(5000)
    expect(begun).toEqual([])
  })
})
