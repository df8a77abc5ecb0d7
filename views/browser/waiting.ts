/**
 * The tab that waits for a sign-in to be finished elsewhere: asks the server every two seconds, more seldom when it doesn't answer or
 * after some minutes, not at all while the tab is hidden, and goes on when there is somewhere to go.
 *
 * The browser gets this function's own source text: it uses nothing from outside itself, and its functions are methods or without a
 * name, because the build wraps named ones in a call that the browser doesn't know.
 */
export function waitForSignIn(): void {
  const script = document.currentScript
  const stateUrl = script?.dataset['stateUrl']
  if (!stateUrl) return
  const shortest = 2000
  const longest = 30_000
  const tab = {
    began: Date.now(),
    failures: 0,
    timer: 0,
    asking: false,

    async ask(url: string): Promise<void> {
      window.clearTimeout(tab.timer)
      if (document.hidden || tab.asking) return
      tab.asking = true
      let pause = Date.now() - tab.began > 120_000 ? 2 * shortest : shortest
      try {
        const answer = await fetch(url, {
          headers: { Accept: 'application/json' },
          cache: 'no-store',
          signal: AbortSignal.timeout(10_000),
        })
        if (!answer.ok) throw new Error(String(answer.status))
        const state: { next?: unknown } = await answer.json()
        // Only to our own origin, whatever the answer says.
        const next = typeof state.next === 'string' ? new URL(state.next, location.href) : undefined
        if (next?.origin === location.origin) {
          location.replace(next)
          return
        }
        tab.failures = 0
      } catch {
        tab.failures += 1
        pause = Math.min(longest, shortest * 2 ** tab.failures)
      } finally {
        tab.asking = false
      }
      tab.showOffline()
      tab.timer = window.setTimeout(() => void tab.ask(url), pause)
    },

    /** One failure may be chance; two are told. */
    showOffline(): void {
      const sentence = document.getElementById('offline')
      if (sentence) sentence.hidden = tab.failures < 2
    },
  }
  document.addEventListener('visibilitychange', () => void tab.ask(stateUrl))
  window.addEventListener('online', () => void tab.ask(stateUrl))
  // A page that comes back from the back-forward cache has slept, and its timer with it.
  window.addEventListener('pageshow', event => {
    if (event.persisted) void tab.ask(stateUrl)
  })
  tab.timer = window.setTimeout(() => void tab.ask(stateUrl), shortest)
}
