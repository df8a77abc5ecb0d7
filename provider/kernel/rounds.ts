export interface Rounds {
  /** Begins no further round, tells the one that is under way by its signal, and waits for it. */
  stop(): Promise<void>
}

/**
 * Works in rounds in the background, each so long after the end of the one before, however long that took. A round answers for its own
 * failures: it never rejects. No process stays alive for the next one.
 */
export function startRounds(work: (stopping: AbortSignal) => Promise<void>, pauseMilliseconds: number): Rounds {
  const stopping = new AbortController()
  let underWay = Promise.resolve()
  let timer = schedule()

  function schedule(): NodeJS.Timeout {
    return setTimeout(() => {
      underWay = work(stopping.signal).then(() => {
        if (!stopping.signal.aborted) timer = schedule()
      })
    }, pauseMilliseconds).unref()
  }

  return {
    stop() {
      stopping.abort()
      clearTimeout(timer)
      return underWay
    },
  }
}
